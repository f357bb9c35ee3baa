"""What is asked of the browser: scripts that run in the page and tell in milliseconds."""

from __future__ import annotations

FIRST_ROW = """
  window.__usable = new Promise((found) => {
    const look = () => document.querySelector('a.row[data-case]')
      ? requestAnimationFrame(() => setTimeout(() => found(performance.now())))
      : requestAnimationFrame(look);
    look();
  });
"""
"""Before the page: when its first row has been painted, since the navigation began."""

SCRIPTS = """() => performance.getEntriesByType('resource').filter((one) => one.name.endsWith('.js'))
  .reduce((sum, one) => sum + one.encodedBodySize, 0)"""
"""Bytes of script on the line."""

OPEN = """async (id) => {
  const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const row = document.querySelector(`a.row[data-case="${id}"]`);
  const name = row.querySelector('b').textContent;
  const begun = performance.now();
  row.click();
  const until = begun + 10_000;
  while (performance.now() < until) {
    await painted();
    if (document.querySelector('.th h1')?.textContent === name && document.querySelector('.tl [data-position]')) break;
  }
  return performance.now() - begun;
}"""
"""A case is opened by a click: until its header and its last items are painted."""

WATCH = """() => {
  window.__late = [];
  const seen = new Set();
  const begun = Date.now();
  const look = () => {
    for (const item of document.querySelectorAll('.tl [data-item]')) {
      const mark = /#(\\d{13})/.exec(item.textContent);
      if (!mark || seen.has(mark[1]) || Number(mark[1]) < begun) continue;
      seen.add(mark[1]);
      requestAnimationFrame(() => setTimeout(() => window.__late.push(Date.now() - Number(mark[1]))));
    }
  };
  new MutationObserver(look).observe(document.querySelector('.tl > ol'), {childList: true, subtree: true});
}"""
"""Each message carries the moment at which its delivery began to be posted: until it is painted in the open thread."""

TASKS = """() => {
  window.__tasks = [];
  new PerformanceObserver((list) => window.__tasks.push(...list.getEntries().map((one) => one.duration)))
    .observe({type: 'longtask', buffered: false});
}"""
"""Tasks over 50 ms, from now on."""

SCROLL = """async (seconds) => {
  const box = document.querySelector('.list .scroll');
  const frames = [];
  const begun = performance.now();
  let before = begun;
  let down = 1;
  while (performance.now() - begun < seconds * 1000) {
    const at = await new Promise((frame) => requestAnimationFrame(frame));
    frames.push(at - before);
    if (box.scrollTop + box.clientHeight >= box.scrollHeight - 2) down = -1;
    if (box.scrollTop <= 0) down = 1;
    box.scrollTop += down * 3 * (at - before);
    before = at;
  }
  return frames.slice(1);
}"""
"""The list is scrolled at 3,000 px a second: how long each frame took."""

MORE = """() => {
  const box = document.querySelector('.list .scroll');
  box.scrollTop = box.scrollHeight;
  return box.scrollHeight;
}"""
"""To the end of the list, where the next page is asked for: its height in px."""

DRAG = """async (times) => {
  const slide = document.querySelector('.plan input.rng[id^="ns-"]');
  const took = [];
  for (let n = 0; n < times; n++) {
    const count = 2 + (n % 11);
    await new Promise((frame) => requestAnimationFrame(frame));
    const begun = performance.now();
    slide.value = String(count);
    slide.dispatchEvent(new Event('input', {bubbles: true}));
    const lines = document.querySelector('.sched').children;
    for (let turn = 0; lines.length !== count && turn < 10_000; turn++) await Promise.resolve();
    if (lines.length !== count) throw new Error(`${lines.length} lines for ${count} instalments`);
    document.querySelector('.sched').getBoundingClientRect();
    took.push(performance.now() - begun);
  }
  return took;
}"""
"""The plan builder's number of instalments is dragged: from each input event until its figures are laid out."""

OWE = """async () => {
  const csrf = JSON.parse(document.querySelector('script[type="application/json"]').textContent).csrf;
  const post = async (path, body) => {
    const headers = {'content-type': 'application/json', 'x-csrf-token': csrf};
    const answer = await fetch(`/api/v1${path}`, {method: 'POST', headers, body: JSON.stringify(body)});
    if (!answer.ok) throw new Error(path + await answer.text());
    return await answer.json();
  };
  const portfolio = (await (await fetch('/api/v1/portfolios')).json()).items[0].id;
  const named = () => ({client_id: crypto.randomUUID()});
  const points = [{channel: 'whatsapp', address: '+5511955501234'}];
  const debtor = (await post('/debtors', {...named(), portfolio, name: 'Deve Um', kind: 'person', language: 'pt-BR',
    jurisdiction: 'BR-SP', contact_points: points})).id;
  const amount = {amount: 123_456, currency: 'BRL'};
  const charges = [{number: 'B-1', external_id: 'B-1', due: '2026-10-10', amount}];
  await post('/debts', {...named(), debtor, product: 'Bench', charges,
    terms: {fine_bp: 0, interest_bp_30d: 0}});
  const made = await post('/cases', {...named(), debtor, portfolio});
  await post(`/cases/${made.id}/claim`, {});
  return made.id;
}"""
"""Somebody who owes, and the case with them, claimed by whoever looks: its id."""
