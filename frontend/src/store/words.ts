/** Words for what the server refused. */
import { Problem } from '../api';
import { known, t } from '../i18n';
import { caseOf } from './state';

export function epochOf(id: string): number | undefined { return caseOf(id)?.value.epoch; }

/** The server's own words when it gives them, ours by code otherwise. */
/** What a channel may hold less of than was written; the answer names how much. */
const misfits = ['text', 'attachments', 'subject'] as const;
const isOf = <T extends string>(all: readonly T[], one: unknown): one is T => (all as readonly unknown[]).includes(one);

export function explain(error: unknown): string {
  if (!(error instanceof Problem)) return t('error.unknown');
  if (error.code === 'conflict' && error.body.owner) return t('error.claimedBy', { name: error.body.owner.name });
  const stale = error.code === 'conflict' && error.body.reason ? known(`papers.why.${error.body.reason}`, '') : '';
  if (stale) return t('papers.stale', { why: stale });
  if (error.code === 'conflict' && error.body.reason === 'FILE_UNREAD') return t('held.fileUnread');
  const { field, limit } = error.body;
  if (error.code === 'invalid' && typeof limit === 'number' && isOf(misfits, field)) return t(`misfit.${field}`, { n: limit });
  const code = error.body.reason ?? '';
  const reason = code ? known(`gate.code.${code.replace(':', '.')}`, known(`gate.code.${code.split(':')[0]}`, '')) : '';
  return reason || known(`error.${error.code}`, '') || error.body.detail || error.body.title || t('error.unknown');
}

/** For parts that an installation may not have: their address is not found though the case is. */
export function explainPart(error: unknown): string {
  return error instanceof Problem && error.status === 404 ? t('error.partMissing') : explain(error);
}
