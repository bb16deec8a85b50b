// Draws the report from the data in the page. Everything is made of elements and
// text; no markup is ever made of data.
(() => {
  'use strict';
  const data = JSON.parse(document.getElementById('migration').textContent);
  const list = document.getElementById('phases');
  const main = document.getElementById('phase');
  const search = document.getElementById('search');
  const found = document.getElementById('search-found');
  const svgNS = 'http://www.w3.org/2000/svg';
  // Above this many apps, places are drawn as one box until they are opened.
  const roomy = 60;
  const opened = new Set();
  let current = 0;

  const el = (name, attributes = {}, ...children) => fill(document.createElement(name), attributes, children);
  const svg = (name, attributes = {}, ...children) => fill(document.createElementNS(svgNS, name), attributes, children);
  function fill(node, attributes, children) {
    for (const [key, value] of Object.entries(attributes)) {
      if (key === 'class') node.setAttribute('class', value);
      else if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
      else if (value !== undefined && value !== false) node.setAttribute(key, value);
    }
    node.append(...children.filter((c) => c !== null && c !== undefined));
    return node;
  }

  // The time line.
  const tabs = data.phases.map((phase, i) => {
    const fails = phase.proof && Object.keys(phase.proof.failed || {}).length > 0;
    const number = phase.title.slice(0, phase.title.indexOf('-'));
    const tab = el('button', {
      role: 'tab', id: 'tab-' + i, 'aria-controls': 'phase', class: fails ? 'fails' : '',
      onclick: () => select(i, true),
    }, el('small', {}, number + ' ' + phase.kind), phase.title.slice(number.length + 1));
    list.append(tab);
    return tab;
  });
  list.addEventListener('keydown', (event) => {
    const to = { ArrowRight: current + 1, ArrowLeft: current - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (to === undefined || to < 0 || to >= tabs.length) return;
    event.preventDefault();
    select(to, true);
    tabs[to].focus();
  });
  document.addEventListener('keydown', (event) => {
    if (event.target === search || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === '/') { event.preventDefault(); search.focus(); }
    const step = { n: 1, p: -1 }[event.key];
    if (step && tabs[current + step]) select(current + step, true);
  });

  function select(i, remember) {
    current = i;
    tabs.forEach((tab, j) => {
      tab.setAttribute('aria-selected', String(j === i));
      tab.tabIndex = j === i ? 0 : -1;
    });
    main.setAttribute('aria-labelledby', 'tab-' + i);
    tabs[i].scrollIntoView({ block: 'nearest', inline: 'nearest' });
    if (remember) history.replaceState(null, '', '#' + data.phases[i].title);
    main.replaceChildren(...phaseContent(data.phases[i], i));
    mark();
  }

  function phaseContent(phase, i) {
    return [
      el('h2', {}, i === 0 ? 'Today' : phase.title),
      lines(phase.why),
      graphFigure(phase.graph),
      i === 0 ? null : el('div', { class: 'facts' },
        part('Gate: what must hold before the next phase', lines(phase.gate) || el('p', { class: 'quiet' }, 'Nothing to wait for.')),
        part('Proof', proofContent(phase.proof)),
        phase.risks && part('Risks', lines(phase.risks)),
        phase.noReturn && part('What the way back does not bring back', lines(phase.noReturn))),
      i === 0 ? null : part('Changes (' + (phase.changes || []).length + ')', ...(phase.changes || []).map(changeContent)),
      callsTable(phase.graph),
      phase.commands && part('Commands', el('pre', {}, phase.commands.join('\n'))),
      phase.wayBack && part('The way back', el('pre', {}, phase.wayBack.join('\n'))),
      i === 0 ? findingsContent() : null,
    ].filter(Boolean);
  }

  const part = (title, ...children) => el('section', {}, el('h3', {}, title), ...children);
  const lines = (texts) => texts && texts.length ? el('ul', {}, ...texts.map((t) => el('li', {}, t))) : null;

  function proofContent(proof) {
    if (!proof) return el('p', { class: 'quiet' }, 'Not proved.');
    const failed = Object.entries(proof.failed || {});
    if (!proof.calls) return el('p', {}, 'No call can be touched by the phase.');
    const said = 'Calls that the phase can touch: ' + proof.calls + '. Mixtures of its changes that they were asked in, forward and back: ' + proof.states;
    if (!failed.length) return el('p', {}, said + '. Every call resolves in every one.');
    return el('div', {}, el('p', {}, said + '.'), el('ul', {}, ...failed.map(([code, n]) => el('li', { class: 'bad' }, code + ': ' + n))));
  }

  function changeContent(change) {
    const words = { '+': 'create', '-': 'delete', '~': 'change' };
    const head = el('summary', {}, el('span', { class: 'sign', 'aria-hidden': 'true' }, change.sign),
      words[change.sign] + ' ', el('code', {}, change.object), ' ', el('span', { class: 'why' }, change.why));
    const body = el('pre', {});
    if (change.like) body.append(el('span', { class: 'same quiet' }, 'compared with ' + change.like));
    for (const line of change.lines || []) {
      const kind = { '+': 'add', '-': 'remove' }[line.sign] || 'same';
      body.append(el('span', { class: kind }, line.sign + ' ' + line.text));
    }
    if (!(change.lines || []).length) body.append(el('span', { class: 'quiet' }, 'nothing to compare'));
    return el('details', { 'data-text': change.object + ' ' + change.why }, head, body);
  }

  function callsTable(graph) {
    if (!graph.links.length) return null;
    const name = new Map(graph.places.flatMap((p) => p.nodes.map((n) => [n.id, n.label + ' in ' + p.name])));
    const rows = graph.links.map((l) => el('tr', { 'data-text': l.from + ' ' + l.to },
      el('td', {}, name.get(l.from) || l.from), el('td', {}, name.get(l.to) || l.to), el('td', {}, l.label), el('td', { class: 'how' }, sample(l.how), ' ' + l.how)));
    return part('Calls', el('details', {}, el('summary', {}, 'Who calls whom (' + rows.length + ')'),
      el('table', {}, el('thead', {}, el('tr', {}, ...['caller', 'called', 'Service', 'over'].map((t) => el('th', { scope: 'col' }, t)))), el('tbody', {}, ...rows))));
  }

  function findingsContent() {
    if (!data.findings.length) return null;
    return part('Findings', el('ul', {}, ...data.findings.map((f) => el('li', {},
      el('strong', { class: f.severity === 'error' ? 'bad' : '' }, f.severity + '[' + f.code + '] '), f.message, ' ', el('code', {}, f.at), f.fix ? ' Fix: ' + f.fix : null))));
  }

  const sample = (how) => svg('svg', { width: 34, height: 10, 'aria-hidden': 'true' }, svg('path', { d: 'M1 5H33', class: 'edge ' + how }));

  // The graph. Places are bands one below the other; in them callers stand left of
  // what they call.
  function graphFigure(graph) {
    const figure = el('figure', {});
    const draw = () => {
      const shown = collapse(graph);
      figure.replaceChildren(drawing(shown, draw), legend(shown));
      mark();
    };
    draw();
    return figure;
  }

  // collapse draws places as one box each when there are many apps.
  function collapse(graph) {
    const apps = graph.places.reduce((n, p) => n + p.nodes.length, 0);
    const closed = (p) => apps > roomy && !opened.has(p.name);
    const to = new Map();
    const places = graph.places.map((p) => {
      if (!closed(p)) { p.nodes.forEach((n) => to.set(n.id, n.id)); return p; }
      const id = 'place:' + p.name;
      p.nodes.forEach((n) => to.set(n.id, id));
      return { name: p.name, nodes: [{ id, label: p.nodes.length + ' apps', came: p.nodes.some((n) => n.came), text: p.nodes.map((n) => n.id).join(' ') }] };
    });
    const merged = new Map();
    for (const l of graph.links) {
      const from = to.get(l.from), target = to.get(l.to);
      if (from === target && from.startsWith('place:')) continue;
      const key = [from, target, l.how].join(' ');
      const link = merged.get(key);
      if (link) { link.count += 1; link.label = link.count + ' calls'; } else merged.set(key, { from, to: target, how: l.how, label: l.label, count: 1 });
    }
    return { places, links: [...merged.values()], closable: apps > roomy };
  }

  // columnsOf puts each node one column right of its callers; calls that close a
  // cycle do not count.
  function columnsOf(graph) {
    const next = new Map(), column = new Map(), state = new Map(), order = [];
    for (const l of graph.links) next.set(l.from, [...(next.get(l.from) || []), l.to]);
    const visit = (id) => {
      state.set(id, 1);
      for (const to of next.get(id) || []) if (!state.get(to)) visit(to);
      state.set(id, 2);
      order.push(id);
    };
    const ids = graph.places.flatMap((p) => p.nodes.map((n) => n.id));
    ids.forEach((id) => { if (!state.get(id)) visit(id); });
    const rank = new Map(order.map((id, i) => [id, i]));
    for (const id of order.reverse()) {
      for (const to of next.get(id) || []) {
        if (rank.get(to) < rank.get(id)) column.set(to, Math.max(column.get(to) || 0, (column.get(id) || 0) + 1));
      }
    }
    return column;
  }

  function drawing(graph, redraw) {
    const columns = columnsOf(graph);
    const width = (n) => n.label.length * 7.2 + 24;
    const widths = [];
    graph.places.forEach((p) => p.nodes.forEach((n) => { const c = columns.get(n.id) || 0; widths[c] = Math.max(widths[c] || 60, width(n)); }));
    for (let c = 0; c < widths.length; c++) widths[c] = widths[c] || 60;
    const gap = 110, left = widths.map((_, c) => 24 + widths.slice(0, c).reduce((a, b) => a + b + gap, 0));
    const total = widths.length ? left[left.length - 1] + widths[widths.length - 1] + 24 : 200;
    const box = new Map(), bands = [];
    let y = 8;
    for (const place of graph.places) {
      const rows = [];
      for (const n of place.nodes) {
        const c = columns.get(n.id) || 0, row = rows[c] || 0;
        rows[c] = row + 1;
        box.set(n.id, { x: left[c], y: y + 30 + row * 42, w: widths[c], h: 28, node: n });
      }
      const height = 30 + Math.max(1, ...Array.from(rows, (r) => r || 0)) * 42;
      bands.push({ place, y, height });
      y += height + 10;
    }
    const picture = svg('svg', { width: total, height: y, viewBox: `0 0 ${total} ${y}`, role: 'img', 'aria-label': 'Who calls whom: see the table below' });
    for (const b of bands) {
      const toggle = () => { opened.has(b.place.name) ? opened.delete(b.place.name) : opened.add(b.place.name); redraw(); };
      const name = svg('text', { class: 'band-name', x: 16, y: b.y + 19 }, b.place.name + (graph.closable ? (opened.has(b.place.name) ? ' (close)' : ' (open)') : ''));
      if (graph.closable) fill(name, { role: 'button', tabindex: 0, onclick: toggle, onkeydown: (e) => { if (e.key === 'Enter' || e.key === ' ') { e.preventDefault(); toggle(); } } }, []);
      picture.append(svg('rect', { class: 'band', x: 6, y: b.y, width: total - 12, height: b.height, rx: 6 }), name);
    }
    for (const l of graph.links) {
      const a = box.get(l.from), b = box.get(l.to);
      if (a && b) picture.append(edge(l, a, b));
    }
    for (const { x, y: top, w, h, node } of box.values()) {
      picture.append(svg('g', { class: 'node' + (node.proxy ? ' proxy' : '') + (node.came ? ' came' : ''), 'data-text': node.text || node.id },
        svg('title', {}, node.id), svg('rect', { class: 'box', x, y: top, width: w, height: h, rx: node.proxy ? 14 : 4 }), svg('text', { x: x + w / 2, y: top + 18, 'text-anchor': 'middle' }, node.label)));
    }
    return picture;
  }

  function edge(link, a, b) {
    const forward = b.x > a.x;
    const x1 = forward ? a.x + a.w : a.x + a.w / 2, y1 = forward ? a.y + a.h / 2 : a.y + a.h;
    const x2 = forward ? b.x : b.x + b.w / 2, y2 = forward ? b.y + b.h / 2 : b.y;
    const bend = Math.max(40, Math.abs(x2 - x1) / 2);
    // Over boxes of its own row an edge takes a bow.
    const bow = forward && Math.abs(y1 - y2) < 2 && x2 - x1 > 160 ? -34 : 0;
    const d = forward ? `M${x1} ${y1}C${x1 + bend} ${y1 + bow} ${x2 - bend} ${y2 + bow} ${x2} ${y2}` : `M${x1} ${y1}C${x1} ${y1 + 40} ${x2} ${y2 - 40} ${x2} ${y2}`;
    const tip = forward ? `M${x2 - 7} ${y2 - 4}L${x2} ${y2}L${x2 - 7} ${y2 + 4}` : `M${x2 - 4} ${y2 - 7}L${x2} ${y2}L${x2 + 4} ${y2 - 7}`;
    return svg('g', { class: 'link', 'data-text': link.from + ' ' + link.to }, svg('title', {}, link.label + ', ' + link.how),
      svg('path', { class: 'edge ' + link.how, d }), svg('path', { class: 'edge ' + link.how, style: 'stroke-dasharray:none', d: tip }),
      svg('text', { class: 'edge-label', x: forward ? x1 + 8 : (x1 + x2) / 2 + 6, y: forward ? y1 - 5 + bow / 4 : (y1 + y2) / 2 }, link.label));
  }

  function legend(graph) {
    const words = { direct: 'direct', alias: 'over an alias', relay: 'over a relay', hop: 'through the hop between clusters', through: 'through the old environment', broken: 'fails' };
    const used = new Set(graph.links.map((l) => l.how));
    return el('figcaption', {}, ...Object.keys(words).filter((h) => used.has(h)).map((h) => el('span', {}, sample(h), ' ' + words[h])),
      el('span', {}, 'dashed box: an old name; bold box: new in this phase'));
  }

  // Search: what does not belong to the app steps back.
  function mark() {
    const text = search.value.trim().toLowerCase();
    let hits = 0;
    main.querySelectorAll('[data-text]').forEach((node) => {
      const hit = text !== '' && node.dataset.text.toLowerCase().includes(text);
      if (node.namespaceURI === svgNS) {
        node.classList.toggle('dim', text !== '' && !hit);
        node.classList.toggle('found', hit && node.classList.contains('node'));
      } else {
        node.hidden = text !== '' && !hit;
      }
      if (hit) hits += 1;
    });
    found.textContent = text === '' ? '' : hits + ' found in this phase';
  }
  search.addEventListener('input', mark);
  search.addEventListener('keydown', (event) => { if (event.key === 'Escape') { search.value = ''; mark(); } });

  window.addEventListener('beforeprint', () => main.querySelectorAll('details').forEach((d) => { d.open = true; }));
  const fromHash = () => Math.max(0, data.phases.findIndex((p) => p.title === decodeURIComponent(location.hash.slice(1))));
  window.addEventListener('hashchange', () => select(fromHash(), false));
  select(fromHash(), false);
})();
