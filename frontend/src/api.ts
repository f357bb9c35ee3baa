/** HTTP: JSON in and out, the CSRF token, refusals as `Problem`. */
import { boot } from './boot';

export interface ProblemBody {
  title?: string;
  detail?: string;
  status?: number;
  code?: string;
  reason?: string;
  allowed_at?: string | null;
  owner?: { id: string; name: string } | null;
  [fact: string]: unknown;
}

/** A refusal of the server, or `code: "offline"` when it could not be reached. */
export class Problem extends Error {
  constructor(readonly status: number, readonly code: string, readonly body: ProblemBody) {
    super(body.detail ?? body.title ?? code);
  }
}

let csrf = boot.csrf;
/** The cursor of the last answer that carried one: what the snapshot is current to. */
export let lastCursor: string | null = null;
let onSignedOut: () => void = () => location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.hash)}`);

export function setCsrf(token: string): void { csrf = token; }
export function whenSignedOut(act: () => void): void { onSignedOut = act; }

export interface CallOptions { signal?: AbortSignal; keepalive?: boolean; quiet?: boolean }

async function problemOf(response: Response): Promise<Problem> {
  const body = await response.json().catch(() => ({})) as ProblemBody;
  const code = body.code ?? (response.status === 401 ? 'unauthenticated' : `http_${response.status}`);
  return new Problem(response.status, code, body);
}

async function send(path: string, init: RequestInit, options: CallOptions): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, {
      credentials: 'same-origin', ...init,
      ...(options.signal ? { signal: options.signal } : {}), ...(options.keepalive ? { keepalive: true } : {}),
    });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new Problem(0, 'offline', { title: 'offline' });
  }
  lastCursor = response.headers.get('Acordo-Cursor') ?? lastCursor;
  if (response.ok) return response;
  const problem = await problemOf(response);
  if (problem.code === 'unauthenticated' && !options.quiet) onSignedOut();
  throw problem;
}

let underWay = 0;
const isAnswered: (() => void)[] = [];

/** Calls back once every act on its way is answered and what its answer brings has been shown. False, and no call, when none is. */
export function whenAnswered(then: () => void): boolean {
  if (underWay) isAnswered.push(then);
  return underWay > 0;
}

export const isUnderWay = (): boolean => underWay > 0;

async function counted<T>(asked: Promise<T>): Promise<T> {
  underWay += 1;
  try {
    return await asked;
  } finally {
    underWay -= 1;
    setTimeout(() => { if (!underWay) for (const then of isAnswered.splice(0)) then(); });
  }
}

/** One call. `body` goes as JSON, or as it is when it is a form. A 204 gives undefined. */
export function call<T>(method: string, path: string, body?: unknown, options: CallOptions = {}): Promise<T> {
  const asked = ask<T>(method, path, body, options);
  return method === 'GET' || options.quiet ? asked : counted(asked);
}

async function ask<T>(method: string, path: string, body: unknown, options: CallOptions): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (method !== 'GET') headers['X-CSRF-Token'] = csrf;
  const form = typeof FormData !== 'undefined' && body instanceof FormData;
  if (body !== undefined && !form) headers['Content-Type'] = 'application/json';
  const payload = body === undefined ? null : form ? (body as FormData) : JSON.stringify(body);
  const response = await send(path, { method, headers, body: payload }, options);
  if (response.status === 204) return undefined as T;
  const text = await response.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

export const api = '/api/v1';
export const get = <T>(path: string, options?: CallOptions) => call<T>('GET', api + path, undefined, options);
export const post = <T>(path: string, body: unknown = {}, options?: CallOptions) => call<T>('POST', api + path, body, options);
export const put = <T>(path: string, body: unknown, options?: CallOptions) => call<T>('PUT', api + path, body, options);
export const del = <T>(path: string, body?: unknown, options?: CallOptions) => call<T>('DELETE', api + path, body, options);

export function query(params: Record<string, string | number | null | undefined>): string {
  const pairs = Object.entries(params).filter(([, v]) => v !== undefined && v !== null && v !== '');
  return pairs.length ? `?${pairs.map(([k, v]) => `${k}=${encodeURIComponent(String(v))}`).join('&')}` : '';
}

/** A UUID also where the page is not a secure context (`crypto.randomUUID` is missing there). */
export function clientId(): string {
  if (crypto.randomUUID) return crypto.randomUUID();
  const b = crypto.getRandomValues(new Uint8Array(16));
  b[6] = (b[6]! & 0x0f) | 0x40;
  b[8] = (b[8]! & 0x3f) | 0x80;
  const hex = Array.from(b, (x) => x.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
