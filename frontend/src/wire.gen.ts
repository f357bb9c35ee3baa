/* Made from console/wire by `python -m console.wire.typescript`: change shapes.py or ledger.py there. */

export interface Money {
  amount: number;
  currency: string;
}

export interface Person {
  id: string;
  name: string;
  role: string;
}

export interface Named {
  id: string;
  name: string;
}

export interface Skill {
  skill: string;
  level: number;
}

export interface DebtorBrief {
  id: string;
  name: string;
  language: string;
  timezone: string;
  jurisdiction: string;
  labels: string[];
  provisional: boolean;
  shared: boolean;
  assumed: boolean;
}

export interface Holder {
  role: string;
  name: string;
  proof: string;
}

export interface ContactPoint {
  id: string;
  channel: string;
  address: string;
  consent: string;
  verified: boolean;
  window_closes_at: string | null;
  state: string;
  disclosure: number;
  last_inbound_at: string | null;
  inbox: string | null;
  opt_out: string;
  holder: Holder | null;
}

export interface LastItem {
  id: string;
  kind: string;
  direction: string | null;
  channel: string | null;
  text: string;
  at: string;
  status: string | null;
  sort: string;
}

export interface Hand {
  reason: string;
  at: string;
}

export interface Case {
  id: string;
  status: 'assigned' | 'queued' | 'resolved' | 'snoozed';
  owner: Person | null;
  epoch: number;
  portfolio: Named;
  debtor: DebtorBrief;
  channels: string[];
  skills: Skill[];
  team: Named;
  priority: string;
  rank_at: string;
  rank_terms: Record<string, unknown>[];
  waiting_since: string | null;
  sla_due_at: string | null;
  labels: string[];
  balance: Money | null;
  bucket: string;
  days_late: number;
  overlays: string[];
  disclosure: number;
  preferred_channel: string | null;
  holds: string[];
  last_item: LastItem | null;
  taken_over_from: Person | null;
  hand: Hand | null;
  updated_at: string;
  weight: number;
  snooze_until: string | null;
  last_inbound_at: string | null;
  outcome: string | null;
  merged_into: string | null;
  previous: string | null;
  rescue: boolean;
  last_channel: string | null;
  opened_at: string | null;
  disclosure_until: string | null;
  answer_by: string | null;
  unread?: number;
  whispers?: number;
  contact_points?: ContactPoint[];
  preferred_hours?: unknown;
  preferred_means?: string | null;
  watchers?: Person[];
  barge?: Person[];
  draft?: Record<string, unknown> | null;
  owner_draft?: Record<string, unknown> | null;
  seen_position?: number;
  quality?: Record<string, unknown>;
}

export interface MaskedDebtor {
  name: string;
}

export interface QueueRow {
  id: string;
  status: 'assigned' | 'queued' | 'resolved' | 'snoozed';
  team: Named;
  portfolio: Named;
  debtor: MaskedDebtor;
  channels: string[];
  bucket: string;
  waiting_since: string | null;
  sla_due_at: string | null;
  rank_at: string | null;
  skills: Skill[];
  priority: string;
  owner: Person | null;
  rescue: boolean;
  masked: boolean;
}

export interface Attachment {
  id: string;
  name: string;
  type: string;
  size: number;
  url: string;
  state: string;
  reason: string;
  inline: boolean;
  width: number;
  height: number;
}

export interface DocumentGiven {
  id: string | null;
  name: string;
  type: string;
  size: number;
  url: string;
  state: string;
  reason: string;
  inline: boolean;
  width: number;
  height: number;
  text: string;
}

export interface TemplateUsed {
  name: string;
  language: string;
  variables: Record<string, string>;
}

export interface Failure {
  code: string;
  title: string;
  hint: string;
  retryable: boolean;
}

export interface Item {
  id: string;
  position: number;
  kind: 'event' | 'message' | 'note' | 'whisper';
  at: string;
  author: Person | null;
  case: string;
  rev: number;
  direction?: 'in' | 'out';
  channel?: string;
  contact_point?: string | null;
  inbox?: string | null;
  text?: string;
  html?: string;
  subject?: string;
  attachments?: Attachment[];
  reply_to?: string | null;
  template?: TemplateUsed;
  status?: 'cancelled' | 'delivered' | 'failed' | 'held' | 'queued' | 'read' | 'received' | 'scheduled' | 'sending' | 'sent' | 'unconfirmed';
  purpose?: string;
  error?: Failure | null;
  provider_id?: string;
  client_id?: string;
  sort?: string;
  detail?: Record<string, unknown>;
  quoted_text?: string;
  reactions?: Record<string, unknown>[];
  attempts?: number;
  due_at?: string;
  held?: Record<string, unknown>;
  cancelled?: Record<string, unknown>;
  retry_of?: string;
  automated?: boolean;
  edited?: boolean;
  deleted?: boolean;
  to?: Person | null;
  suggestion?: boolean;
  seen_at?: string | null;
  used_at?: string | null;
  request?: Record<string, unknown>;
  name?: string;
  data?: Record<string, unknown>;
}

export interface AgentLine {
  user: Person;
  status: string;
  reason: string | null;
  until: string | null;
  connected: boolean;
  load: number;
  capacity: number;
  held: number;
  waiting: number;
  oldest_wait: string | null;
  teams: string[];
  over: boolean;
  hand: boolean;
}

export interface Request {
  id: string;
  kind: 'alarm' | 'approval' | 'hand';
  case: string | null;
  team: string | null;
  reason: string;
  at: string;
  by: Person | null;
  state: 'done' | 'open';
  detail: Record<string, unknown>;
  done_by: Person | null;
  done_at: string | null;
}

export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
}

export interface ScheduleLine {
  n: number;
  due: string;
  amount: Money;
  moved_from: string | null;
  paid: Money | null;
  state: string;
}

export interface Discount {
  component: 'fees' | 'fine' | 'interest' | 'principal';
  bp: number;
}

export interface NeedsApproval {
  role: string;
  because: string[];
}

export interface Preview {
  state: string;
  as_of: string;
  before: Money;
  discount: Money;
  total: Money;
  schedule: ScheduleLine[];
  needs_approval: NeedsApproval | null;
  expires_at: string;
}

export interface Plan {
  id: string;
  case: string;
  debtor: string;
  state: 'accepted' | 'active' | 'broken' | 'cancelled' | 'draft' | 'expired' | 'fulfilled' | 'needs_approval' | 'offered' | 'refused';
  detail: string;
  as_of: string;
  charges: string[];
  before: Money;
  discount: Money;
  discounts: Discount[];
  total: Money;
  paid: Money;
  schedule: ScheduleLine[];
  needs_approval: NeedsApproval | null;
  by: Person | null;
  approved_by: Person | null;
  approved_at: string | null;
  expires_at: string;
  last: boolean;
  offered_at: string | null;
  offer: string | null;
  accepted_at: string | null;
  evidence: Record<string, unknown> | null;
  previous: string | null;
  reason: string;
  created_at: string;
  updated_at: string;
}

export interface Promise {
  id: string;
  case: string;
  debtor: string;
  amount: Money;
  due: string;
  effective_due: string;
  grace_until: string;
  state: 'broken' | 'cancelled' | 'kept' | 'open';
  detail: string;
  paid: Money;
  by: Person | null;
  created_at: string;
  closed_at: string | null;
}

export interface Dispute {
  id: string;
  case: string;
  debtor: string;
  reference: string;
  charges: string[];
  all: boolean;
  reason: string;
  text: string;
  state: string;
  note: string;
  answer_by: string;
  by: Person | null;
  created_at: string;
  closed_at: string | null;
  ask: string;
}

export interface Allocated {
  charge: string;
  number: string;
  component: string;
  amount: Money;
}

export interface Stopped {
  messages: number;
  promises: string[];
  plans: string[];
  case: string | null;
}

export interface Payment {
  id: string;
  case: string | null;
  debtor: string | null;
  portfolio: string;
  amount: Money;
  credit: Money;
  paid_at: string;
  value_date: string;
  method: string;
  provider: string;
  external_id: string | null;
  state: 'confirmed' | 'reversed' | 'suspense';
  allocation: Allocated[];
  reason: string;
  created_at: string;
  reversed_at: string | null;
  balance: Money | null;
  stopped: Stopped | null;
}

export interface Claim {
  id: string;
  case: string;
  debtor: string;
  item: string;
  amount: Money | null;
  state: string;
  until: string;
  payment: string | null;
  created_at: string;
  closed_at: string | null;
}

export interface PaymentLink {
  id: string;
  case: string;
  state: string;
  why: string;
  detail: string;
  url: string;
  amount: Money;
  expires_at: string;
  target: string;
  target_id: string | null;
  n: number;
  provider: string;
  payment: string | null;
  paid_at: string | null;
  text: string;
  created_at: string;
}

export interface ChargeFile {
  id: string;
  charge: string;
  debtor: string;
  number: string;
  kind: string;
  name: string;
  type: string;
  size: number;
  why: string;
  created_at: string;
}

export interface ChargeCode {
  id: string;
  charge: string;
  debtor: string;
  number: string;
  kind: string;
  value: string;
  amount: Money | null;
  due: string | null;
  why: string;
  created_at: string;
}

export interface CaseLedger {
  plans: Plan[];
  promises: Promise[];
  disputes: Dispute[];
  payments: Payment[];
  claims: Claim[];
  links: PaymentLink[];
  files: ChargeFile[];
  codes: ChargeCode[];
  credit: Money;
  limits: Record<string, unknown>;
  today: string;
  shut: string[];
  increment: number;
}
