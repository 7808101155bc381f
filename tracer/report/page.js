
"use strict";
// Steps from difference to difference. Everything it shows is on the page already: without it the page can be read.
const bar = document.getElementById("bar");
if (bar) {
  const lists = { origin: [], consequence: [] };  // rows of the lists, in their order
  const at = { origin: -1, consequence: -1 };
  for (const row of document.querySelectorAll(".list tr[id]"))
    lists[row.dataset.role].push(row);

  const cells = new Map();  // the number of a difference -> its cells in both grids
  for (const cell of document.querySelectorAll("[data-d]"))
    for (const number of cell.dataset.d.split(" ")) {
      if (!cells.has(number)) cells.set(number, []);
      cells.get(number).push(cell);
    }

  const detail = document.getElementById("detail");

  function clear() {
    for (const marked of document.querySelectorAll(".now")) marked.classList.remove("now");
    detail.replaceChildren();
  }

  function element(name, ...content) {
    const made = document.createElement(name);
    made.append(...content);
    return made;
  }

  // What a row of a list says: where, both sides, then its numbers under their headings.
  function parts(row) {
    const headings = row.closest("table").tHead.rows[0].cells, numbers = element("dl");
    const [where, a, b] = [...row.cells].map((cell) => element("div", ...cell.cloneNode(true).childNodes));
    for (const [side, content] of [["A", a], ["B", b]]) {
      const label = element("b", side);
      label.className = "side";
      content.replaceChildren(label, element("div", ...content.childNodes));
      content.className = "labelled";
    }
    for (let i = 3; i < row.cells.length; i++)
      if (row.cells[i].textContent)
        numbers.append(element("dt", headings[i].textContent), element("dd", row.cells[i].textContent));
    return [where, a, b, numbers];
  }

  function show(number, scroll = true) {
    clear();
    const row = document.getElementById("d" + number), found = cells.get(number) || [];
    for (const marked of [row, ...found]) if (marked) marked.classList.add("now");
    if (row) {
      detail.append(...parts(row));
      for (const [name, rows] of Object.entries(lists))
        if (rows.includes(row)) at[name] = rows.indexOf(row);
    } else if (found.length) {
      detail.append(element("pre", found[0].title));
    }
    count();
    if (!scroll) return;
    const target = document.getElementById("c" + number) || found.at(-1) || row;
    const hidden = target.closest("details");
    if (hidden) hidden.open = true;
    target.scrollIntoView({ block: "center", inline: "center" });
    history.replaceState(null, "", "#d" + number);
  }

  function step(name, by) {
    const rows = lists[name];
    if (!rows.length) return;
    const from = at[name] < 0 && by < 0 ? 0 : at[name];
    show(rows[(from + by + rows.length) % rows.length].id.slice(1));
  }

  function count() {
    for (const [name, rows] of Object.entries(lists)) {
      const output = document.getElementById(name), many = Number(output.dataset.many), listed = rows.length;
      output.textContent = (at[name] < 0 ? "–" : at[name] + 1) + " of " + many.toLocaleString("en") +
        (listed < many ? " (" + listed.toLocaleString("en") + " listed)" : "");
    }
  }

  const keys = {
    n: ["origin", 1], j: ["origin", 1], p: ["origin", -1], k: ["origin", -1],
    c: ["consequence", 1], N: ["consequence", 1], C: ["consequence", -1], P: ["consequence", -1],
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") clear();
    else if (Object.hasOwn(keys, event.key)) step(...keys[event.key]);
  });
  const buttons = { next: "n", previous: "p", forth: "c", back: "C" };
  for (const [id, key] of Object.entries(buttons))
    document.getElementById(id).addEventListener("click", () => step(...keys[key]));

  document.addEventListener("click", (event) => {
    const cell = event.target.closest("[data-d]"), link = event.target.closest(".list a");
    if (cell) show(cell.dataset.d.split(" ")[0], false);
    if (!link) return;
    event.preventDefault();
    show(link.closest("tr").id.slice(1));
  });

  // The two halves of a pair scroll together.
  for (const pair of document.querySelectorAll(".pair")) {
    const halves = [...pair.children];
    for (const half of halves)
      half.addEventListener("scroll", () => {
        for (const other of halves) if (other.scrollLeft !== half.scrollLeft) other.scrollLeft = half.scrollLeft;
      }, { passive: true });
  }

  for (const group of bar.querySelectorAll(".group"))
    group.hidden = !lists[group.querySelector("output").id].length;
  bar.hidden = false;
  count();
  const linked = /^#d(\d+)$/.exec(location.hash);
  if (linked) show(linked[1]);
}
