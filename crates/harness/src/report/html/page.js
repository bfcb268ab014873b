// The page works without this: it opens clauses beside the matrix, and filters it.
"use strict";
{
  const root = document.documentElement;
  root.classList.add("js");
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const at = (id) => document.getElementById(id);
  const panel = at("panel"), find = at("find"), who = at("who"), level = at("level");
  const tables = all("table").map((table) => {
    const names = all("thead th", table).slice(1).map((th) => th.textContent.trim());
    const rows = all("tr[data-c]", table).map((tr) => ({
      tr, cells: [...tr.cells].slice(1),
      text: `${tr.dataset.c} ${tr.cells[0].textContent}`.toLowerCase(),
    }));
    const heads = all("thead th", table).slice(1);
    const groups = all("tbody", table), section = table.closest("section");
    return { table, names, rows, heads, groups, section };
  });
  const words = {
    o: "ok", d: "departs as recorded", k: "skipped", f: "failed", s: "stale", n: "not run",
  };
  let verdict = "", opened = null, from = null;

  const place = (cell) => {
    const table = tables.find((it) => it.table.contains(cell));
    return { table, name: table.names[cell.cellIndex - 1], clause: cell.parentElement.dataset.c };
  };

  // ---- the panel
  let traces = null;
  function trace(clause, name) {
    traces ||= JSON.parse(at("traces").textContent);
    const lines = traces.cases[`${clause}@${name}`];
    if (!lines) return [];
    const text = lines.map((it) => (it < 0 ? `… ${-it} more …` : traces.lines[it])).join("\n");
    return [["p", "trace"], ["pre", text]].map(([tag, textContent]) =>
      Object.assign(document.createElement(tag), { textContent }));
  }
  function open(clause, name, link) {
    const article = at(clause);
    if (!article) return;
    const copy = article.cloneNode(true);
    copy.removeAttribute("id");
    for (const seen of all(".seen", copy)) {
      const me = all(".who span", seen).find((span) => span.textContent === name);
      if (!me) continue;
      me.classList.add("me");
      all(".seen", copy)[0].before(seen);
      all("details", seen).forEach((it) => { it.open = true; });
      seen.append(...trace(clause, name));
    }
    panel.lastElementChild.replaceChildren(copy);
    panel.hidden = false;
    root.classList.add("reading");
    panel.scrollTop = 0;
    mark(link);
    history.replaceState(null, "", `#${clause}${name ? `@${name}` : ""}`);
  }
  function mark(link) {
    if (opened) opened.classList.remove("open");
    opened = link && link.closest("td") ? link : null;
    if (opened) opened.classList.add("open");
  }
  function close() {
    if (panel.hidden) return;
    panel.hidden = true;
    root.classList.remove("reading");
    mark(null);
    history.replaceState(null, "", location.pathname + location.search);
    if (from) from.focus({ preventScroll: true });
  }
  function openHash() {
    const [clause, name] = decodeURIComponent(location.hash.slice(1)).split("@");
    if (!clause.includes(".") || !at(clause)) return;
    const table = tables.find((it) => it.names.includes(name));
    const row = table && table.rows.find((it) => it.tr.dataset.c === clause);
    const link = row && row.cells[table.names.indexOf(name)].firstElementChild;
    if (link) link.scrollIntoView({ block: "center", inline: "center" });
    open(clause, name, link);
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (!link || link.closest("#bar")) return;
    event.preventDefault();
    from = link;
    const cell = link.closest("td");
    open(link.hash.slice(1), cell ? place(cell).name : link.dataset.s, link);
    if (event.detail === 0) panel.focus();
  });
  document.addEventListener("mouseover", (event) => {
    const cell = event.target.closest("td[class]");
    if (!cell || cell.title) return;
    const { name, clause } = place(cell);
    cell.title = `${clause}\n${name}: ${words[cell.className.split(" ")[0]]}`;
  });
  at("close").addEventListener("click", close);
  addEventListener("hashchange", openHash);
  // ---- the filters
  function filter() {
    const wanted = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    const name = who.value.trim().toLowerCase();
    let shown = 0, rowsOfAll = 0;
    for (const { table, names, rows, heads, groups, section } of tables) {
      const columns = names.map((it) => it.toLowerCase().includes(name));
      heads.forEach((th, column) => { th.hidden = !columns[column]; });
      for (const { tr, cells, text } of rows) {
        let hits = 0;
        cells.forEach((cell, column) => {
          cell.hidden = !columns[column];
          const hit = columns[column] && cell.className !== "" && cell.firstElementChild !== null
            && (!verdict || cell.classList.contains(verdict));
          cell.classList.toggle("hit", hit && verdict !== "");
          hits += hit;
        });
        const fits = hits > 0 && (!level.value || tr.dataset.l === level.value)
          && wanted.every((word) => text.includes(word));
        tr.hidden = !fits;
        shown += fits;
        rowsOfAll += 1;
      }
      groups.forEach((it) => { it.hidden = !it.querySelector("tr[data-c]:not([hidden])"); });
      section.hidden = groups.every((it) => it.hidden);
      table.classList.toggle("only", verdict !== "");
    }
    at("shown").textContent = shown === rowsOfAll ? "" : `${shown} of ${rowsOfAll} rows`;
  }
  [find, who, level].forEach((it) => it.addEventListener("input", filter));
  find.form.addEventListener("submit", (event) => event.preventDefault());
  all(".count").forEach((button) => button.addEventListener("click", () => {
    verdict = verdict === button.dataset.v ? "" : button.dataset.v;
    all(".count").forEach((it) => it.setAttribute("aria-pressed", it.dataset.v === verdict));
    filter();
  }));

  // ---- the keys: arrows walk over the cells, and take an open panel along
  const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches("input, select");
    if (event.key === "Escape") return typing ? event.target.blur() : close();
    if (event.key === "/" && !typing) { event.preventDefault(); return find.focus(); }
    const cell = (document.activeElement.closest("td")) || (opened && opened.closest("td"));
    const modified = event.altKey || event.ctrlKey || event.metaKey;
    if (!steps[event.key] || typing || !cell || modified) return;
    const [down, right] = steps[event.key];
    const visible = place(cell).table.rows.filter((it) => !it.tr.hidden);
    let row = visible.findIndex((it) => it.tr === cell.parentElement), column = cell.cellIndex - 1;
    let next = null;
    do {
      row += down;
      column += right;
      next = visible[row] && visible[row].cells[column];
    } while (next && (next.hidden || !next.firstElementChild));
    if (!next) return;
    event.preventDefault();
    from = next.firstElementChild;
    from.focus();
    if (!panel.hidden) open(place(next).clause, place(next).name, from);
  });
  openHash();
}
