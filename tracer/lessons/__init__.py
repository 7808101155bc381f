"""Lessons: what the article explains before its network, as small live workbooks without a trace."""
