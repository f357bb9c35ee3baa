/** On this page nobody answers but the page itself: what is drawn asks as it does elsewhere, and hears invented things. */
import { connection, me, putCase, timelineOf } from '../store/state';
import { editDraft } from '../store/drafts';
import { t } from '../i18n';
import { kept } from '../wall/filter';
import { opened } from '../wall/state';
import { openId, selected } from '../desk/nav';
import { composers, moreMessages, planPreview, rows, tileCases } from './cases';
import { ana, items, message, sampleCase, start } from './samples';

const gates = new Map(composers.map((one) => [one.c.id, one.gate]));

function answer(path: string, body: string): unknown {
  const asked = /\/cases\/([^/]+)\/gate$/.exec(path)?.[1];
  if (asked) { const gate = gates.get(asked); return { items: gate ? [gate] : [] }; }
  if (path.endsWith('/plans/preview')) return planPreview(body.includes('plan-over'));
  return { items: [], next: null };
}

export function standIn(): void {
  window.fetch = (asked, sent) => {
    const path = new URL(asked instanceof Request ? asked.url : String(asked), location.href).pathname;
    return Promise.resolve(new Response(JSON.stringify(answer(path, typeof sent?.body === 'string' ? sent.body : '')), { headers: { 'content-type': 'application/json' } }));
  };
}

export function fillSamples(): void {
  me.value = { ...ana, teams: [{ id: 't', name: '31–60' }], capacity: 8, load: 5.3 };
  connection.value = { open: true, since: start, ever: true };
  for (const c of [...rows.map(([, one]) => one), ...tileCases, ...composers.map((one) => one.c), sampleCase('log', 'Maria Souza')]) putCase(c);
  openId.value = 'r-on';
  selected.value = ['r-checked'];
  opened.value = 't-selected';
  kept.value = new Set(['t-watched']);
  const line = timelineOf('log');
  line.items.value = [...items, ...moreMessages.map((change, i) => message(40 + i, change))];
  line.older.value = null;
  line.state.value = 'ready';
  line.pending.value = [
    { clientId: 'x', kind: 'message', at: new Date(start).toISOString(), state: 'pending', body: { text: 'Posso dividir em 4 vezes.' } },
    { clientId: 'y', kind: 'message', at: new Date(start).toISOString(), state: 'refused', why: t('gate.code.TONE'), body: { text: 'Última chance!' } },
  ];
  for (const one of composers) editDraft(one.c.id, { text: one.text ?? '', note: one.note ?? '', tab: one.note ? 'note' : null, saved: true });
}
