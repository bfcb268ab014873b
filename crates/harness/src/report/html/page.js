// The page works without this: it opens clauses beside the matrix, and filters it.
"use strict";
{
  const root = document.documentElement;
  root.classList.add("js");
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const at = (id) => document.getElementById(id);
  const panel = at("panel"), find = at("find"), who = at("who"), level = at("level"),
    only = at("rows");
  const tables = all("table.cells").map((table) => {
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
  let verdict = "", opened = null, from = null, column = null;
  // One stop for a whole matrix: the arrows do the rest.
  tables.forEach(({ rows }) => rows.forEach(({ cells }) => cells.forEach((cell) => {
    if (cell.firstElementChild) cell.firstElementChild.tabIndex = -1;
  })));

  const place = (cell) => {
    const table = tables.find((it) => it.table.contains(cell));
    return { table, name: table.names[cell.cellIndex - 1], clause: cell.parentElement.dataset.c };
  };

  // ---- the panel
  let traces = null;
  function trace(clause, name) {
    traces ||= JSON.parse(at("traces").textContent);
    const lines = traces.cases[`${clause}@${name}`];
    return lines && lines.map((it) => (it < 0 ? `… ${-it} more …` : traces.lines[it])).join("\n");
  }
  // Shows the trace of `name` in place of the first one's, or where there was none.
  function tell(seen, clause, name) {
    let own = seen.querySelector("details[data-s]");
    const text = own && own.dataset.s === name ? "" : trace(clause, name);
    if (text && !own) {
      own = document.createElement("details");
      own.innerHTML = "<summary></summary><pre></pre>";
      seen.append(own);
    }
    if (own) own.open = true;
    if (!text) return;
    own.firstElementChild.textContent = `trace of ${name}`;
    own.querySelector("pre").textContent = text;
  }
  function open(clause, name, link) {
    const article = at(clause);
    if (!article) return;
    const copy = article.cloneNode(true);
    copy.removeAttribute("id");
    let told = false;
    for (const seen of all(".seen", copy).reverse()) {
      const me = all(".who span", seen).find((span) => span.textContent === name);
      if (!me) continue;
      me.classList.add("me");
      all(".seen", copy)[0].before(seen);
    }
    for (const seen of all(".seen", copy).filter((it) => it.querySelector(".me"))) {
      // Under several axes it stands in several places: the worst has the trace.
      if (!told) tell(seen, clause, name);
      told = true;
    }
    panel.lastElementChild.replaceChildren(copy);
    panel.hidden = false;
    root.classList.add("reading");
    panel.scrollTop = 0;
    mark(link);
    if (opened) opened.scrollIntoView({ block: "nearest", inline: "nearest" });
    // On a phone the panel lies over the lower part of the page.
    const hidden = opened && opened.getBoundingClientRect().bottom + 40
      - panel.getBoundingClientRect().top;
    if (panel.offsetWidth === innerWidth && hidden > 0) scrollBy(0, hidden);
    history.replaceState(null, "", `#${clause}${name ? `@${encodeURIComponent(name)}` : ""}`);
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
    let [, clause, , name] = /^#([^@]*)(@(.*))?$/.exec(location.hash) || [];
    try { name = name && decodeURIComponent(name); } catch { name = undefined; }
    if (!clause || !clause.includes(".") || !at(clause)) return;
    const table = tables.find((it) => it.names.includes(name));
    const row = table && table.rows.find((it) => it.tr.dataset.c === clause);
    const link = row && row.cells[table.names.indexOf(name)].firstElementChild;
    if (link) link.scrollIntoView({ block: "center", inline: "center" });
    open(clause, name, link);
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (!link || link.closest("#bar")) return;
    if (link.dataset.pair) {
      who.value = who.value === link.dataset.pair ? "" : link.dataset.pair;
      return filter();
    }
    event.preventDefault();
    from = link;
    const cell = link.closest("td");
    open(link.hash.slice(1), cell ? place(cell).name : link.dataset.s, link);
    if (event.detail === 0) panel.focus();
  });
  document.addEventListener("mouseover", (event) => {
    const cell = event.target.closest(".cells td[class]");
    if (column) column.classList.remove("at");
    column = cell && place(cell).table.heads[cell.cellIndex - 1];
    if (!cell) return;
    column.classList.add("at");
    const { name, clause } = place(cell), said = cell.title || words[cell.className.split(" ")[0]];
    if (!said.startsWith(clause)) cell.title = `${clause}\n${name}: ${said}`;
  });
  at("close").addEventListener("click", close);
  addEventListener("hashchange", openHash);
  // ---- the filters
  function filter() {
    const odd = only.value === "odd", differ = only.value === "differ";
    const wanted = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    const name = who.value.trim().toLowerCase();
    let shown = 0, rowsOfAll = 0;
    for (const { table, names, rows, heads, groups, section } of tables) {
      // A whole name is that one alone.
      const exact = names.some((it) => it.toLowerCase() === name);
      const columns = names.map((it) => it.toLowerCase()).map((it) =>
        exact ? it === name : it.includes(name));
      heads.forEach((th, column) => { th.hidden = !columns[column]; });
      const there = names.filter((_, column) => columns[column]);
      table.style.setProperty("--n", there.length);
      table.style.setProperty("--long", Math.max(0, ...there.map((it) => it.length)));
      for (const { tr, cells, text } of rows) {
        let hits = 0;
        const seen = new Set();
        cells.forEach((cell, column) => {
          cell.hidden = !columns[column];
          const hit = columns[column] && cell.className !== "" && cell.firstElementChild !== null
            && (!verdict || cell.classList.contains(verdict))
            && (!odd || !/^[ok]\b/.test(cell.className));
          cell.classList.toggle("hit", hit && (verdict !== "" || odd));
          if (hit && !/^[kn]\b/.test(cell.className)) seen.add(cell.dataset.w || 0);
          hits += hit;
        });
        const fits = hits > 0 && (!differ || seen.size > 1) && (!level.value || tr.dataset.l === level.value)
          && wanted.every((word) => text.includes(word));
        tr.hidden = !fits;
        shown += fits;
        rowsOfAll += 1;
      }
      groups.forEach((it) => { it.hidden = !it.querySelector("tr[data-c]:not([hidden])"); });
      section.hidden = groups.every((it) => it.hidden);
      table.classList.toggle("only", verdict !== "" || odd);
    }
    all("[data-pair]").forEach((it) => it.classList.toggle("open", it.dataset.pair === who.value));
    at("shown").textContent = shown === rowsOfAll ? "" : `${shown} of ${rowsOfAll} rows`;
  }
  [find, who, level, only].forEach((it) => it.addEventListener("input", filter));
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
    const cell = document.activeElement.closest(".cells td, .cells [scope=row]")
      || (opened && opened.closest("td"));
    const modified = event.altKey || event.ctrlKey || event.metaKey;
    if (!steps[event.key] || typing || !cell || modified) return;
    const [down, right] = steps[event.key];
    const visible = place(cell).table.rows.filter((it) => !it.tr.hidden);
    let row = visible.findIndex((it) => it.tr === cell.parentElement), column = cell.cellIndex - 1;
    let next = null;
    do {
      row += down;
      column = Math.max(column + right, -1);
      next = visible[row] && (column < 0 ? visible[row].tr.cells[0] : visible[row].cells[column]);
    } while (next && (next.hidden || !next.firstElementChild));
    if (!next) return;
    event.preventDefault();
    from = next.firstElementChild;
    from.focus();
    if (!panel.hidden && column >= 0) open(place(next).clause, place(next).name, from);
  });
  openHash();
}
