/** The shapes of the wire, as the public contract gives them. Times are RFC 3339 UTC, money is in minor units. */

export type Channel = 'whatsapp' | 'sms' | 'email' | 'webchat';
export type Role = 'agent' | 'supervisor' | 'compliance' | 'admin' | 'integration';
export type Presence = 'online' | 'away' | 'offline';
export type CaseStatus = 'queued' | 'assigned' | 'snoozed' | 'resolved';
export type Bucket = 'CURRENT' | 'B1_30' | 'B31_60' | 'B61_PLUS';
export type MessageStatus =
  | 'scheduled' | 'held' | 'queued' | 'sending' | 'unconfirmed' | 'sent' | 'failed' | 'delivered' | 'read'
  | 'cancelled' | 'received';

export interface Named { id: string; name: string }
export interface Person extends Named { role?: Role }
export interface Money { amount: number; currency: string }
export interface Skill { skill: string; level: number }

export interface User extends Named {
  role: Role;
  email?: string;
  language?: string;
  teams?: Named[];
  portfolios?: Named[];
  presence?: { status: Presence; reason?: string | null; until?: string | null };
  capacity?: number;
  load?: number;
  settings?: Record<string, unknown>;
}

/** Whose a contact point is when it is not the customer's own. */
export interface PointHolder { role: HolderRole; name: string; proof: string }
export type HolderRole = 'co_debtor' | 'guarantor' | 'representative' | 'attorney' | 'executor' | 'other';

export interface ContactPoint {
  id: string;
  channel: Channel;
  address: string;
  consent?: string | null;
  verified?: boolean;
  window_closes_at?: string | null;
  /** active, opted_out, wrong_number, invalid, removed */
  state?: string;
  disclosure?: number;
  last_inbound_at?: string | null;
  inbox?: string | null;
  /** Where an opt-out comes from; "possible" waits for somebody to read it. */
  opt_out?: string;
  holder?: PointHolder | null;
}

export interface LastItem {
  id?: string;
  kind?: string;
  text?: string | null;
  direction?: 'in' | 'out' | null;
  channel?: Channel | null;
  status?: MessageStatus | null;
  /** text, image, audio, … */
  sort?: string;
  at: string;
}

export type Priority = 'low' | 'normal' | 'high' | 'urgent';

export const days = ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'] as const;
export type Day = (typeof days)[number];
/** Hours of the debtor's own day; no channels means all. */
export interface Hours { days: Day[]; from: string; to: string; channels: string[] }
/** One way to pay the creditor, in the debtor's language. */
export interface Way { kind: string; title: string; text: string }

export interface Case {
  id: string;
  status: CaseStatus;
  owner: Person | null;
  epoch: number;
  portfolio: Named;
  debtor: {
    id?: string;
    name: string;
    language?: string;
    timezone?: string;
    jurisdiction?: string;
    labels?: string[];
    provisional?: boolean;
    shared?: boolean;
  };
  contact_points?: ContactPoint[];
  channels: Channel[];
  skills?: Skill[];
  team?: Named;
  priority?: Priority;
  rank_at?: string | null;
  rank_terms?: Record<string, unknown>[];
  waiting_since?: string | null;
  sla_due_at?: string | null;
  unread?: number;
  /** To me, not seen yet. */
  whispers?: number;
  labels?: string[];
  balance?: Money | null;
  bucket?: Bucket | null;
  days_late?: number | null;
  overlays?: string[];
  disclosure?: 0 | 1 | 2;
  /** When that ends by itself. */
  disclosure_until?: string | null;
  preferred_channel?: Channel | null;
  preferred_hours?: Hours[] | null;
  preferred_means?: string | null;
  /** The first day by which a dispute is answered. */
  answer_by?: string | null;
  holds?: string[];
  last_item?: LastItem | null;
  taken_over_from?: Person | null;
  hand?: { reason: string; at: string } | null;
  snooze_until?: string | null;
  weight?: number;
  last_inbound_at?: string | null;
  last_channel?: Channel | null;
  rescue?: boolean;
  opened_at?: string | null;
  seen_position?: number;
  outcome?: string | null;
  merged_into?: string | null;
  updated_at?: string;
  draft?: { text: string; rev: number; note?: string } | null;
  owner_draft?: { text: string; at: string } | null;
  watchers?: Person[];
  barge?: Person[];
  masked?: boolean;
  previous?: string | null;
  reasons?: string[];
}

export interface Attachment {
  id: string;
  name: string;
  type: string;
  size: number;
  url: string;
  state?: 'pending' | 'ready' | 'refused' | 'gone';
  reason?: string;
  inline?: boolean;
  width?: number;
  height?: number;
}

export interface MessageError { code: string; title?: string; hint?: string; retryable?: boolean }

interface ItemBase {
  id: string;
  position: number;
  at: string;
  author: Person | null;
  rev?: number;
  case?: string;
}

export interface Message extends ItemBase {
  kind: 'message';
  direction: 'in' | 'out';
  channel: Channel;
  contact_point?: string;
  inbox?: string | null;
  text?: string | null;
  /** Where the safe frame is served. */
  html?: string | null;
  subject?: string | null;
  quoted_text?: string | null;
  attachments?: Attachment[];
  reply_to?: string | null;
  template?: { name: string; language?: string; variables?: Record<string, string> } | null;
  status: MessageStatus;
  purpose?: string;
  error?: MessageError | null;
  provider_id?: string | null;
  client_id?: string | null;
  /** text, image, location, contacts, button, unsupported, … */
  sort?: string;
  detail?: Record<string, unknown> | null;
  reactions?: { emoji?: string; text?: string; by?: string | Named | null }[];
  attempts?: number;
  /** Scheduled or held until. */
  due_at?: string | null;
  held?: { code?: string; until?: string | null } | null;
  cancelled?: { why?: string } | null;
  retry_of?: string | null;
  automated?: boolean;
  edited?: boolean;
  deleted?: boolean;
}

export interface Note extends ItemBase { kind: 'note'; text: string; client_id?: string | null }

export interface Whisper extends ItemBase {
  kind: 'whisper';
  text: string;
  suggestion: boolean;
  to?: Named | null;
  seen_at?: string | null;
  used_at?: string | null;
  /** An approval carries its figures (`ui/approval.tsx`), or what it says of its text (`ui/held-text.tsx`). */
  request?: { kind: 'hand' | 'approval'; reason: string; plan?: string; [figure: string]: unknown } | null;
  client_id?: string | null;
}

export interface TimelineEvent extends ItemBase { kind: 'event'; name: string; data: Record<string, unknown> }

export type Item = Message | Note | Whisper | TimelineEvent;

export interface Page<T> { items: T[]; next: string | null; previous?: string | null }

export interface Mend { text: string; document: string }

export interface GateDecision {
  channel: Channel;
  outcome: 'allow' | 'defer' | 'needs_approval' | 'block';
  code: string;
  rule?: string;
  source?: string;
  allowed_at?: string | null;
  approver?: string | null;
  window_closes_at?: string | null;
  contact_point?: string | null;
  inbox?: string | null;
  /** How many characters the writer's text may have there, beside the files it has. */
  text_chars?: number;
  segments?: number | { count: number; encoding?: string; because?: string } | null;
  spans?: [number, number][];
  /** What makes the message right: words to be put below its text, and a document to be attached, by its kind. */
  mend?: Mend | null;
  /** opted_out, invalid, open, template_only, unused */
  state?: string;
  counts?: boolean;
  valid_until?: string | null;
  /** Who let this very text leave, and until when. */
  approval?: { by: Person | null; until: string; codes: string[] } | null;
  warnings?: string[];
}

/** A number in the text that belongs to another debtor whom I serve too. */
export interface Mixup { case: string; name: string; kind: 'name' | 'document' | 'invoice' | 'sum' }

export interface QuickReply { id: string; shortcut: string; title: string; text: string; language?: string }

export interface Template {
  id?: string;
  inbox?: string;
  name: string;
  language: string;
  channel?: Channel;
  state?: string;
  category?: string;
  variables?: (string | { name: string; example?: string })[];
  preview?: string;
  body?: string;
  footer?: string;
}

export interface Upload { id: string; name: string; type: string; size: number; url?: string }

export interface HelpRequest {
  id: string;
  kind: 'hand' | 'approval' | 'alarm';
  case: string | null;
  team?: string | null;
  reason: string;
  at: string;
  by: Person | null;
  state: 'open' | 'done';
  detail?: Record<string, unknown>;
  done_by?: Person | null;
  done_at?: string | null;
}

export interface Charge {
  id: string;
  number: string;
  due: string;
  days_late: number;
  bucket?: Bucket;
  principal: Money;
  fine: Money;
  interest: Money;
  fees?: Money;
  discount?: Money;
  paid?: Money;
  total: Money;
  /** What is left of each component. */
  open?: Record<string, Money>;
  overlays?: string[];
  /** By which fine and interest were reckoned, in basis points. */
  terms?: { fine_bp: number; interest_bp_30d: number };
}

export interface Balance { as_of: string; charges: Charge[]; total: Money; bucket: Bucket; overlays?: string[] }

export interface Debtor extends Named {
  language?: string;
  timezone?: string;
  jurisdiction?: string;
  labels?: string[];
  document?: { kind: string; value: string } | null;
  contact_points?: ContactPoint[];
  cases?: { id: string; status: CaseStatus; portfolio: Named; updated_at?: string; outcome?: string | null; owner?: Named | null }[];
  provisional?: boolean;
  masked?: boolean;
  accounts?: { portfolio: Named; external_id?: string | null; stage?: string }[];
}

/** Why this agent, or why nobody. */
export interface Why {
  ring?: number;
  rings?: number;
  skipped?: boolean;
  skills?: { skill: string; asked: number; wanted: number; has: number }[];
  load?: { before: number; after: number; capacity: number } | null;
  terms?: { name: string; advantage_s: number }[];
  preferred?: { user: string; outcome: string } | null;
  entitled?: number;
  others?: { id: string; name: string; load: number; why: string; detail?: string }[];
  reason?: string | null;
}

export interface Assignment { at: string; epoch: number; user: Person | null; team: string | null; cause: string; by: Person | null; why: Why }

export interface AgentLine {
  user: Person;
  status: Presence;
  reason?: string | null;
  until?: string | null;
  connected?: boolean;
  load: number;
  capacity: number;
  held?: number;
  /** Cases whose debtor waits for them. */
  waiting?: number;
  oldest_wait?: string | null;
  teams?: string[];
  over?: boolean;
  hand?: boolean;
  /** Worked out here: how its longest wait stands against its promise. */
  tone?: 'late' | 'warn' | '';
}

export interface QueueLine {
  team: Named;
  depth: number;
  oldest_wait?: string | null;
  waiting_since?: string | null;
  at_risk?: number;
  late?: number;
  rescue?: boolean;
}

export interface Wall {
  figures?: Record<string, unknown>;
  agents: AgentLine[];
  queues: QueueLine[];
  cases: Case[];
  tails?: Record<string, LastItem[]>;
}

export interface EventFrame {
  type: 'event';
  cursor: string;
  id: string;
  at: string;
  name: string;
  case?: string | null;
  data: Record<string, unknown>;
}

export interface SignalFrame { type: 'signal'; name: string; case?: string; [key: string]: unknown }

export type ServerFrame =
  | EventFrame
  | SignalFrame
  | { type: 'ready'; cursor: string; user: User; heartbeat: number; now?: string }
  | { type: 'subscribed'; topics: string[]; cursor: string }
  | { type: 'reset' }
  | { type: 'pong' }
  | { type: 'error'; code: string; detail?: string };
