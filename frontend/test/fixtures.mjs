/** Invented people and cases in the shapes of the contract, on a clock that starts when it is asked. */
const minute = 60_000;
const day = 24 * 60 * minute;
export const people = {
  ana: { id: 'u-ana', name: 'Ana Prado', role: 'agent' },
  bruno: { id: 'u-bruno', name: 'Bruno Teles', role: 'agent' },
  clara: { id: 'u-clara', name: 'Clara Nunes', role: 'agent' },
  sofia: { id: 'u-sofia', name: 'Sofia Lima', role: 'supervisor' },
  caio: { id: 'u-caio', name: 'Caio Alves', role: 'compliance' },
};
export const team = { id: 't-geral', name: '31–60, geral' };
export const portfolio = { id: 'p-ipe', name: 'Carteira Loja Ipê' };
const brl = (amount) => ({ amount, currency: 'BRL' });
const iso = (t) => new Date(t).toISOString();

const rows = [
  ['maria', 'Maria Aparecida Souza', 'whatsapp', 'já paguei ontem, segue o comprovante', 52, 123456, 6.7, 2, 5],
  ['joao', 'João Pedro Antunes', 'whatsapp', 'consegue tirar os juros? aí eu fecho', 18, 38990, 4.1, 1, 5],
  ['tres', 'Comercial Três Rios Ltda.', 'email', 'Re: Notas 8812 e 8813, divergência', 74, 1846000, 41, 1, 48],
  ['lia', 'Lia Ramos', 'sms', 'quanto fica se eu pagar hoje', 9, 14230, 1.9, 1, 15],
  ['edvaldo', 'Edvaldo Nascimento', 'whatsapp', '', 45, 201500, 1.2, 1, 5],
  ['priscila', 'Priscila Tavares', 'webchat', 'pode ser dia 5?', 27, 61100, 0.4, 1, 5],
  ['rafael', 'Rafael Quintana', 'whatsapp', 'Bom dia! Tudo certo?', 38, 95700, -3, 0, 5],
  ['vera', 'Vera Lúcia Campos', 'whatsapp', 'Combinado! Envio o Pix agora.', 12, 28000, -12, 0, 5],
  ['otavio', 'Otávio Bernardes', 'email', 'Segue a proposta em anexo.', 96, 732000, -34, 0, 48],
  ['nair', 'Nair Figueira', 'sms', 'Acordo: sua parcela vence amanhã', 0, 12000, -61, 0, 15],
  ['tiago', 'Tiago Sant’Anna', 'whatsapp', '', 21, 49800, -63, 0, 5],
  ['cleusa', 'Cleusa Moreira', 'whatsapp', 'Obrigada, fico no aguardo', 57, 187000, -125, 0, 5],
];

const bucket = (d) => (d <= 0 ? 'CURRENT' : d <= 30 ? 'B1_30' : d <= 60 ? 'B31_60' : 'B61_PLUS');

export function makeCase([id, name, channel, text, late, balance, wait, unread, sla], now, owner = people.ana) {
  const waiting = wait > 0;
  const at = iso(now - Math.abs(wait) * minute);
  return {
    id, status: 'assigned', owner, epoch: 3, portfolio, team, priority: 'normal', rank_at: at, rank_terms: [],
    debtor: { id: `d-${id}`, name, language: 'pt-BR', timezone: 'America/Sao_Paulo', jurisdiction: 'BR-SP', labels: id === 'maria' ? ['cliente desde 2019'] : [], provisional: false },
    channels: [channel], skills: [{ skill: 'bucket:31_60', level: 2 }], waiting_since: waiting ? at : null,
    sla_due_at: waiting ? iso(now - wait * minute + sla * minute) : null, labels: [], balance: brl(balance), bucket: bucket(late), days_late: late,
    overlays: id === 'tres' || id === 'cleusa' ? ['DISPUTED'] : id === 'joao' || id === 'vera' ? ['PLAN'] : [],
    disclosure: id === 'lia' ? 0 : 2, preferred_channel: channel, holds: [], weight: waiting ? 1 : 0.3,
    last_item: { id: `${id}-last`, kind: 'message', direction: waiting ? 'in' : 'out', channel, text, at, status: waiting ? 'received' : 'read', sort: id === 'edvaldo' ? 'audio' : id === 'tiago' ? 'image' : 'text' },
    last_channel: channel, taken_over_from: null, hand: id === 'edvaldo' ? { reason: 'discount', at } : null, updated_at: at, unread,
  };
}

export function makeCases(now) {
  const cases = new Map(rows.map((r) => [r[0], makeCase(r, now)]));
  const ivone = makeCase(['ivone', 'Ivone Batista', 'whatsapp', 'minha filha chega já', 112, 987000, 3, 0, 5], now, people.sofia);
  cases.set('ivone', { ...ivone, taken_over_from: people.ana, holds: ['distress'], epoch: 4 });
  return cases;
}

export function makeQueue(now) {
  return ['Josué M.', 'Renata P.', 'Aurélio F.', 'Sueli A.', 'Zélia G.'].map((name, i) => ({
    id: `q${i}`, status: 'queued', team, portfolio, debtor: { name }, channels: [['whatsapp', 'sms', 'email'][i % 3]], bucket: ['B1_30', 'B31_60', 'B61_PLUS'][i % 3],
    waiting_since: iso(now - (11 - i * 2) * minute), sla_due_at: iso(now - (11 - i * 2) * minute + 5 * minute), rank_at: iso(now - (11 - i * 2) * minute),
    skills: [], priority: 'normal', owner: null, masked: true,
  }));
}

export function pointsOf(c, now) {
  const point = (channel, address, more = {}) => ({ id: `cp-${channel}`, channel, address, consent: 'granted', verified: true, window_closes_at: null, state: 'active', ...more });
  if (c.id === 'lia') return [point('whatsapp', '+55 31 9••••-2020', { consent: 'unknown' }), point('sms', '+55 31 9••••-2020')];
  return [
    point('whatsapp', '+55 11 9••••-4321', { window_closes_at: iso(now + 23.9 * 60 * minute), last_inbound_at: iso(now - 6 * minute) }),
    point('sms', '+55 11 9••••-4321'), point('email', 'm•••••@exemplo.com.br'),
  ];
}

export function makeTimeline(c, now) {
  let position = 0;
  const items = [];
  const base = (kind, at, author) => ({ id: `${c.id}-${++position}`, position, kind, at: iso(at), author, case: c.id, rev: 1 });
  const message = (direction, channel, text, ago, status, more = {}) =>
    items.push({ ...base('message', now - ago, direction === 'out' ? people.ana : null), direction, channel, text, status, attachments: [], sort: 'text', ...more });
  const event = (name, ago, data = {}, author = people.ana) => items.push({ ...base('event', now - ago, author), name, data });
  if (c.id !== 'maria') {
    for (let i = 0; i < 30; i += 1) message(i % 3 ? 'in' : 'out', c.channels[0], `Mensagem ${i + 1} de ${c.debtor.name.split(' ')[0]}`, day - i * 20 * minute, i % 3 ? 'received' : 'read');
    message(c.last_item.direction, c.channels[0], c.last_item.text || 'Olá', 3 * minute, c.last_item.status);
    return items;
  }
  event('case.assigned', day, { to: people.ana, reason: 'cuidou deste cliente em outubro' });
  message('out', 'sms', 'Acordo/Loja Ipê: Maria, sua fatura de 28/09 segue em aberto. Veja opções em https://aco.example/x7Kp2 ou responda aqui. SAIR para não receber.', day - 3 * minute, 'delivered', { automated: true });
  message('out', 'email', 'Prezada Maria, segue a segunda via com vencimento em 25/11. O valor já traz multa e juros até lá.', day - 20 * minute, 'read', {
    subject: 'Fatura 2231: segunda via do boleto', quoted_text: 'Em 17/11 você escreveu:\n> oi\n> tudo bem?', attachments: [{ id: 'a1', name: 'boleto-2231.pdf', type: 'application/pdf', size: 86016, url: '/api/v1/attachments/a1', state: 'ready' }] });
  message('in', 'email', 'recebi, vou ver com meu marido e respondo amanhã', day - 160 * minute, 'received', { subject: 'Re: Fatura 2231', html: '/api/v1/messages/maria-4/html' });
  message('in', 'whatsapp', 'Bom dia, recebi uma cobrança de vocês por SMS', 32 * minute, 'received');
  message('in', 'whatsapp', 'é golpe isso? 🤔', 32 * minute - 5000, 'received');
  message('out', 'whatsapp', 'Bom dia, Maria! Aqui é a Ana, da Acordo, em nome da Loja Ipê. A mensagem é nossa, sim. Para a sua segurança, pode me dizer só o dia e o mês em que nasceu?', 31 * minute, 'read');
  message('in', 'whatsapp', '14 de março', 30 * minute, 'received', { reply_to: 'maria-7', reactions: [{ emoji: '👍', by: 'Ana' }] });
  event('identity.verified', 30 * minute);
  message('out', 'whatsapp', 'Segue o boleto da fatura de setembro, já com o valor de hoje.', 28 * minute, 'read', { attachments: [{ id: 'a1', name: 'boleto-2231.pdf', type: 'application/pdf', size: 86016, url: '/api/v1/attachments/a1', state: 'ready' }] });
  message('in', 'whatsapp', '', 23 * minute, 'received', { sort: 'unsupported' });
  items.push({ ...base('note', now - 20 * minute, people.ana), text: 'Perdeu o emprego em outubro, recebe dia 27. @Sofia posso passar de 3×?' });
  message('out', 'whatsapp', 'Entendo, Maria, e obrigada por contar. Vamos achar um valor que caiba. Posso dividir em até 4 vezes.', 18 * minute, 'sent');
  message('out', 'whatsapp', 'Quer que eu mande a proposta por aqui mesmo?', 17 * minute, 'unconfirmed');
  message('out', 'sms', 'Maria, a proposta está no seu WhatsApp. Ana, Acordo.', 13 * minute, 'failed', { error: { code: '30003', title: 'Unreachable', hint: 'telefone desligado ou sem sinal', retryable: true } });
  message('in', 'whatsapp', 'já paguei ontem, segue o comprovante', 6.7 * minute, 'received', { sort: 'image', attachments: [{ id: 'a2', name: 'comprovante.png', type: 'image/png', size: 40000, url: '/api/v1/attachments/a2', state: 'ready' }] });
  event('messages.cancelled', 6.6 * minute, { count: 4, why: 'payment' }, { id: 'system', name: 'Acordo', role: 'system' });
  items.push({ ...base('whisper', now - 5 * minute, people.sofia), text: 'Recebi, Maria, muito obrigada! Com os R$ 300,00 o saldo fica em R$ 934,56. Posso dividir em 3 vezes, com a primeira só em 07/12. Fica bom?', suggestion: true, to: people.ana, seen_at: null, used_at: null });
  return items;
}

export function makeBalance(now) {
  const charge = (number, due, late, principal, fine, interest) => ({ id: `ch-${number}`, number, due, effective_due: due, days_late: late, bucket: bucket(late), principal: brl(principal), fine: brl(fine), interest: brl(interest), fees: brl(0), discount: brl(0), paid: brl(0), total: brl(principal + fine + interest) });
  return { as_of: iso(now).slice(0, 10), charges: [charge('2231', '2026-09-28', 52, 82000, 1640, 1421), charge('2298', '2026-10-28', 22, 37374, 747, 274)], total: brl(123456), bucket: 'B31_60', overlays: [] };
}

export function makeWall(cases, now) {
  const line = (user, status, load, capacity, more = {}) => ({ user, status, reason: null, until: null, connected: status !== 'offline', load, capacity, held: 5, waiting: 2, oldest_wait: iso(now - load * 50_000), teams: [team.id], over: load > capacity, hand: false, ...more });
  return {
    figures: { waiting: 14, oldest_wait: iso(now - 11 * minute), at_risk: 5, live: 61, agents_online: 3, agents: 4, load: 20.9, capacity: 30, messages_a_minute: 42, promises_today: 17 },
    agents: [line(people.ana, 'online', 5.3, 8, { hand: true }), line(people.bruno, 'online', 7.6, 8), line(people.clara, 'online', 8, 8), line({ id: 'u-elisa', name: 'Elisa Braga', role: 'agent' }, 'away', 2.3, 8, { reason: 'lunch' }), line({ id: 'u-hugo', name: 'Hugo Paz', role: 'agent' }, 'offline', 0, 8, { oldest_wait: null })],
    queues: [{ team, depth: 9, oldest_wait: iso(now - 4.3 * minute), at_risk: 2 }, { team: { id: 't-leg', name: '60+ e jurídico' }, depth: 3, oldest_wait: iso(now - 11 * minute), late: 2 }],
    cases: [...cases.values()].map((c) => ({ ...c, reasons: c.id === 'maria' ? ['long_wait', 'hand'] : c.id === 'ivone' ? ['distress'] : c.balance.amount > 500000 ? ['high_value'] : [] })),
  };
}
