"""What is computed from what, as a graph: calculation order, circles, reach."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush

#: So many steps are taken to count what origins reach.
STEPS = 10_000_000

#: Where something stands: pair of sheets, row, column.
Place = tuple[int, int, int]
#: Groups come before all that stands anywhere, so that they delay nothing.
_NOWHERE = (-2, 0, 0)


class Graph:
    """Nodes, of which the first are things that differ; the others are groups of nodes that are read together.

    A group has an edge from each member, so that a thousand formulas that read a range of a thousand cells take two
    thousand edges and not a million.

    Attributes:
        things: how many nodes are no groups.
        after: for each node the nodes that read it.
    """

    def __init__(self, things: int) -> None:
        self.things = things
        self.after: list[list[int]] = [[] for _ in range(things)]
        self.edges = 0

    def group(self, members: Iterable[int]) -> int:
        """A new node for several."""
        node = len(self.after)
        self.after.append([])
        for member in members:
            self.edge(member, node)
        return node

    def edge(self, source: int, to: int) -> None:
        self.after[source].append(to)
        self.edges += 1


@dataclass
class Calculation:
    """
    Attributes:
        order: the things in calculation order.
        components: of nodes in circles, by any of their members.
        circles: the things in each circle of references that nothing outside drives.
    """

    order: list[int] = field(default_factory=list)
    components: dict[int, list[int]] = field(default_factory=dict)
    circles: list[list[int]] = field(default_factory=list)


def calculated(graph: Graph, places: Sequence[Place]) -> Calculation:
    """In what order a spreadsheet could compute them; of what it may compute next, what stands first.

    Args:
        places: of the things.
    """
    after, things = graph.after, graph.things
    waiting = [0] * len(after)
    for following in after:
        for node in following:
            waiting[node] += 1
    result = Calculation()
    ready = [(places[node] if node < things else _NOWHERE, node) for node, many in enumerate(waiting) if not many]
    heapify(ready)
    done = bytearray(len(after))
    while ready:
        _, node = heappop(ready)
        done[node] = 1
        if node < things:
            result.order.append(node)
        for to in after[node]:
            waiting[to] -= 1
            if not waiting[to]:
                heappush(ready, (places[to] if to < things else _NOWHERE, to))
    rest = [node for node in range(len(after)) if not done[node]]
    if rest:
        _with_circles(result, graph, places, rest, done)
    return result


def _with_circles(
    result: Calculation, graph: Graph, places: Sequence[Place], rest: Sequence[int], done: bytearray
) -> None:
    """Go on with what stands in circles, and what is computed from those: component by component."""
    after, things = graph.after, graph.things
    components = _components(rest, after, done)
    number = {node: at for at, members in enumerate(components) for node in members}
    entered = {number[to] for node in range(len(after)) if done[node] for to in after[node] if not done[to]}
    waiting = [0] * len(components)
    for at, members in enumerate(components):
        for node in members:
            for to in after[node]:
                if number[to] != at:
                    waiting[number[to]] += 1
                    entered.add(number[to])
    first = [min((places[node] for node in members if node < things), default=_NOWHERE) for members in components]
    ready = [(first[at], at) for at, many in enumerate(waiting) if not many]
    heapify(ready)
    while ready:
        _, at = heappop(ready)
        members = components[at]
        inside = sorted((node for node in members if node < things), key=places.__getitem__)
        result.order += inside
        if len(members) > 1:
            result.components.update(dict.fromkeys(members, members))
        if at not in entered:
            result.circles.append(inside)
        for node in members:
            for to in after[node]:
                if number[to] != at:
                    waiting[number[to]] -= 1
                    if not waiting[number[to]]:
                        heappush(ready, (first[number[to]], number[to]))


def _components(nodes: Sequence[int], after: Sequence[Sequence[int]], without: bytearray) -> list[list[int]]:
    """Strongly connected components (Tarjan 1972, without recursion)."""
    number: dict[int, int] = {}
    low: dict[int, int] = {}
    closed = bytearray(len(after))
    components: list[list[int]] = []
    stack: list[int] = []
    for root in nodes:
        if root in number:
            continue
        work = [(root, iter(after[root]))]
        number[root] = low[root] = len(number)
        stack.append(root)
        while work:
            node, following = work[-1]
            for to in following:
                if without[to]:
                    continue
                if to not in number:
                    number[to] = low[to] = len(number)
                    stack.append(to)
                    work.append((to, iter(after[to])))
                    break
                if not closed[to]:
                    low[node] = min(low[node], number[to])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == number[node]:
                    members: list[int] = []
                    while not members or members[-1] != node:
                        members.append(stack.pop())
                        closed[members[-1]] = 1
                    components.append(members)
    return components


def reach(graph: Graph, calculation: Calculation, origins: Sequence[int]) -> list[int | None]:
    """How many things each origin reaches, itself not counted; None for the rest, and where counting took too long."""
    counts: list[int | None] = [None] * graph.things
    counted: dict[int, int] = {}
    steps = STEPS
    for origin in origins:
        # Along a chain, each reaches one more than the next.
        chain: list[int] = []
        at = _representative(origin, calculation)
        while at not in counted and len(following := _following(at, graph, calculation)) == 1:
            chain.append(at)
            at = following[0]
        if at not in counted:
            seen, stack, total = {at}, [at], 0
            while stack and steps > 0:
                following = _following(stack.pop(), graph, calculation)
                steps -= len(following) + 1
                for node in following:
                    if node not in seen:
                        seen.add(node)
                        stack.append(node)
                        total += _size(node, graph, calculation)
            if steps <= 0:
                break
            counted[at] = total
        for node in reversed(chain):
            counted[node] = counted[at] + _size(at, graph, calculation)
            at = node
        counts[origin] = counted[at] + _size(at, graph, calculation) - 1
    return counts


def _representative(node: int, calculation: Calculation) -> int:
    return calculation.components[node][0] if node in calculation.components else node


def _following(node: int, graph: Graph, calculation: Calculation) -> list[int]:
    """What reads a node, or any other in its circle, each once."""
    if not calculation.components:
        following = graph.after[node]
        return following if len(following) < 2 else list(dict.fromkeys(following))
    members = calculation.components.get(node, [node])
    found = {_representative(to, calculation): None for member in members for to in graph.after[member]}
    found.pop(node, None)
    return list(found)


def _size(node: int, graph: Graph, calculation: Calculation) -> int:
    """How many things a node stands for."""
    members = calculation.components.get(node)
    return node < graph.things if members is None else sum(member < graph.things for member in members)
