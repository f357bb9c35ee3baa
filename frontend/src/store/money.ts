/** Commands about money: plans, promises, disputes, receipts. Each tells a refusal and answers null. */
import { clientId, get, post } from '../api';
import type { Case, Money } from '../wire';
import type { CaseLedger, Dispute, Payment, PaymentLink, Plan } from '../wire.gen';
import { lastChannel } from '../desk/row';
import { toast } from './notices';
import { epochOf, explainPart } from './words';

export async function tried<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    toast(explainPart(error), { tone: 'bad' });
    return null;
  }
}

export const loadLedger = (id: string) => get<CaseLedger>(`/cases/${id}/ledger`);

export const makePlan = (id: string, wish: object) => tried(post<Plan>(`/cases/${id}/plans`, { client_id: clientId(), epoch: epochOf(id), ...wish }));
/** Among `also` and the plan the debtor chooses one. */
export const offerPlan = (c: Case, plan: string, also: string[] = []) =>
  tried(post<Plan>(`/plans/${plan}/offer`, { client_id: clientId(), epoch: epochOf(c.id), channel: lastChannel(c) ?? 'whatsapp', also }));
export const acceptPlan = (c: Case, plan: string, evidence: Record<string, string>) => tried(post<Plan>(`/plans/${plan}/accept`, { epoch: epochOf(c.id), evidence }));
export const cancelPlan = (plan: string, reason: string) => tried(post<Plan>(`/plans/${plan}/cancel`, { reason }));
export const approvePlan = (plan: string) => tried(post<Plan>(`/plans/${plan}/approve`));
export const refusePlan = (plan: string, reason: string) => tried(post<Plan>(`/plans/${plan}/refuse`, { reason }));
export const counterPlan = (plan: string, wish: object) => tried(post<Plan>(`/plans/${plan}/counter`, { client_id: clientId(), ...wish }));
export const cancelPromise = (promise: string) => tried(post(`/promises/${promise}/cancel`));
export const cancelLink = (link: string) => tried(post<PaymentLink>(`/payment-links/${link}/cancel`));
export const openDispute = (id: string, charges: string[] | 'all', reason: string, text: string) =>
  tried(post(`/cases/${id}/disputes`, { client_id: clientId(), epoch: epochOf(id), charges, reason, text }));
/** These leave a refusal to the form that asked. */
export const moveDispute = (dispute: string, state: string, note: string) => post<Dispute>(`/disputes/${dispute}/state`, { state, note });
export const resolveDispute = (id: string, dispute: string, outcome: string, note: string, amount?: Money) =>
  post(`/cases/${id}/disputes/${dispute}/resolve`, { outcome, note, ...(amount ? { amount } : {}) });
export const reportReceipt = (id: string, item: string) => tried(post(`/cases/${id}/claims`, { client_id: clientId(), epoch: epochOf(id), item }));
export const dismissReceipt = (claim: string) => tried(post(`/claims/${claim}/dismiss`));
export const recordPayment = (body: object) => post<Payment>('/payments', body);
export const reversePayment = (payment: string, reason: string) => post<Payment>(`/payments/${payment}/reverse`, { reason });
