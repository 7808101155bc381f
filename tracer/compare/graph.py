"""What is computed from what, as a graph: calculation order, circles, reach."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from heapq import heapify, heappop, heappush

#: So many steps are taken to count what origins reach.
STEPS = 10_000_000


def calculated(
    after: Sequence[Sequence[int]], waiting: list[int], places: Sequence[tuple[int, int, int]]
) -> tuple[list[int], set[int]]:
    """The nodes in calculation order, and those in circles of references that nothing outside drives."""
    waiting = list(waiting)
    ready = [(places[node], node) for node, many in enumerate(waiting) if not many]
    heapify(ready)
    order = []
    while ready:
        _, node = heappop(ready)
        order.append(node)
        for next_node in after[node]:
            waiting[next_node] -= 1
            if not waiting[next_node]:
                heappush(ready, (places[next_node], next_node))
    done = set(order)
    rest = [node for node in range(len(waiting)) if node not in done]
    circles: set[int] = set()
    if rest:
        driven = {next_node for node in done for next_node in after[node]}
        component = _components(rest, after, done)
        entered = {component[node] for node in rest if node in driven}
        entered |= {component[to] for node in rest for to in after[node] if component[to] != component[node]}
        circles = {node for node in rest if component[node] not in entered}
    return order + sorted(rest, key=lambda node: (node not in circles, places[node])), circles


def _components(nodes: Sequence[int], after: Sequence[Sequence[int]], without: set[int]) -> dict[int, int]:
    """Strongly connected components (Tarjan 1972, without recursion): for each node the number of its component."""
    number: dict[int, int] = {}
    low: dict[int, int] = {}
    component: dict[int, int] = {}
    stack: list[int] = []
    for root in nodes:
        if root in number:
            continue
        work: list[tuple[int, Iterator[int]]] = [(root, iter(after[root]))]
        number[root] = low[root] = len(number)
        stack.append(root)
        while work:
            node, following = work[-1]
            for to in following:
                if to in without:
                    continue
                if to not in number:
                    number[to] = low[to] = len(number)
                    stack.append(to)
                    work.append((to, iter(after[to])))
                    break
                if to not in component:
                    low[node] = min(low[node], number[to])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == number[node]:
                    while True:
                        member = stack.pop()
                        component[member] = node
                        if member == node:
                            break
    return component


def reach(after: Sequence[Sequence[int]], origins: Sequence[int], total: int) -> list[int | None]:
    """How many nodes each origin reaches, itself not counted; None for the rest, and where counting took too long."""
    found: list[int | None] = [None] * total
    steps = STEPS
    for origin in origins:
        if steps <= 0:
            break
        seen, queue = {origin}, deque([origin])
        while queue:
            for node in after[queue.popleft()]:
                steps -= 1
                if node not in seen:
                    seen.add(node)
                    queue.append(node)
        found[origin] = len(seen) - 1
    return found
