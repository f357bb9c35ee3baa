/** The gate's answer for this very moment, per case: asked when the text rests, kept until the next answer. */
import { signal, type Signal } from '@preact/signals';
import { Problem, post } from '../../api';
import { onceRead } from '../../store/first';
import type { Channel, GateDecision, Mixup } from '../../wire';

export interface GateState { items: GateDecision[]; mixups: Mixup[]; checking: boolean; unavailable: boolean }

const held = new Map<string, Signal<GateState>>();
const asked = new Map<string, AbortController>();
const timers = new Map<string, ReturnType<typeof setTimeout>>();
const rest = 400;

export function gateOf(caseId: string): Signal<GateState> {
  let state = held.get(caseId);
  if (!state) held.set(caseId, (state = signal({ items: [], mixups: [], checking: false, unavailable: false })));
  return state;
}

export interface Question { text?: string; template?: { name: string; language: string; variables: Record<string, string> } | null; purpose?: string; channel?: Channel; contact_point?: string; subject?: string; reply_to?: string; attachments?: string[] }

export function askGate(caseId: string, question: Question, delay = rest): void {
  clearTimeout(timers.get(caseId));
  const state = gateOf(caseId);
  if (!state.value.checking) state.value = { ...state.value, checking: true };
  timers.set(caseId, setTimeout(() => void ask(caseId, question), delay));
}

async function ask(caseId: string, question: Question): Promise<void> {
  asked.get(caseId)?.abort();
  const abort = new AbortController();
  asked.set(caseId, abort);
  await onceRead();
  if (abort.signal.aborted) return;
  const { text, template, purpose, channel, contact_point, subject, reply_to, attachments } = question;
  const body = {
    ...(template ? { template } : text?.trim() ? { text } : {}),
    ...(purpose ? { purpose } : {}),
    ...(contact_point ? { channel, contact_point } : {}),
    ...(subject ? { subject } : {}),
    ...(reply_to ? { reply_to } : {}),
    ...(attachments?.length ? { attachments } : {}),
  };
  try {
    const answer = await post<{ items: GateDecision[]; mixups?: Mixup[] }>(`/cases/${caseId}/gate`, body, { signal: abort.signal });
    gateOf(caseId).value = { items: answer.items, mixups: answer.mixups ?? [], checking: false, unavailable: false };
  } catch (error) {
    if (abort.signal.aborted) return;
    gateOf(caseId).value = { ...gateOf(caseId).value, checking: false, unavailable: error instanceof Problem };
  }
}

export function decisionFor(caseId: string, channel: Channel): GateDecision | undefined {
  return gateOf(caseId).value.items.find((d) => d.channel === channel);
}
