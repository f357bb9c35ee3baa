/** Files on their way into a message: picked, dropped or pasted. A few at a time; each says beside itself what became of it. */
import { Problem, clientId, del, post } from '../../api';
import { bytes } from '../../format';
import { known, t } from '../../i18n';
import { draftOf, editDraft, type FileDraft } from '../../store/drafts';
import { toast } from '../../store/notices';
import { explain } from '../../store/words';
import { putBelow } from '../../store/commands';
import { caseOf } from '../../store/state';
import type { Channel, Upload } from '../../wire';
import type { DocumentGiven } from '../../wire.gen';
import { proposed } from './tabs';

const largest = 25 * 1024 * 1024;
/** What one message holds; more wait for the next one. WhatsApp carries one. */
export const mostFiles = (caseId: string): number => (channelOf(caseId) === 'whatsapp' ? 1 : 10);
const atOnce = 3;
const taken = new Set(['whatsapp', 'sms', 'email']);
let counter = 0;
/** The bytes of what is not uploaded yet, and the case they are for. */
const given = new Map<string, { caseId: string; file: File }>();
const going = new Set<string>();

export function addFiles(caseId: string, files: Iterable<File>): void {
  const added = [...files].map((file): FileDraft => {
    const key = `f${Date.now()}-${++counter}`;
    const entry = { key, name: file.name || t('file.pasted'), type: file.type, size: file.size };
    if (file.size > largest) return { ...entry, error: t('file.tooLarge', { most: bytes(largest) }) };
    given.set(key, { caseId, file });
    return entry;
  });
  editDraft(caseId, { files: inTurn(caseId, [...draftOf(caseId).value.files, ...added]) });
  pump();
}

/** The right document of the debt (agreement, clearance letter, the creditor's own, statement), or the one that is named, put with the message:
 *  as a file, and codes to pay by as text. A text message takes no picture of a code: where it leaves is told. */
export async function addDocument(caseId: string, which: { kind?: string; charge?: string } = {}): Promise<void> {
  const channel = channelOf(caseId);
  try {
    const { text, ...made } = await post<DocumentGiven>(`/cases/${caseId}/documents`, { client_id: clientId(), ...which, ...(channel && taken.has(channel) ? { channel } : {}) });
    if (text) putBelow(caseId, text);
    if (!made.id) return;
    const entry: FileDraft = { key: `f${Date.now()}-${++counter}`, name: made.name, type: made.type, size: made.size, upload: { ...made, id: made.id } };
    editDraft(caseId, { files: inTurn(caseId, [...draftOf(caseId).value.files, entry]) });
  } catch (error) {
    toast(explain(error), { tone: 'bad' });
  }
}

function channelOf(caseId: string): Channel | undefined {
  const { tab } = draftOf(caseId).value;
  const c = caseOf(caseId)?.value;
  return tab && tab !== 'note' ? tab : c ? proposed(c) : undefined;
}

/** The first go with this message, as many as it holds, the others with the next. */
function inTurn(caseId: string, files: FileDraft[]): FileDraft[] {
  let room = mostFiles(caseId);
  return files.map((f) => (f.error ? f : { ...f, later: room-- <= 0 }));
}

/** After a message has left, a file was taken out or refused, or another channel was chosen: the next ones move up, or wait. */
export function moveUp(caseId: string): void {
  const { files } = draftOf(caseId).value;
  if (files.some((f) => f.later) || files.length > mostFiles(caseId)) editDraft(caseId, { files: inTurn(caseId, files) });
  pump();
}

function pump(): void {
  for (const [key, { caseId, file }] of given) {
    if (going.size >= atOnce) return;
    const entry = draftOf(caseId).value.files.find((f) => f.key === key);
    if (entry && !entry.later && !going.has(key)) void upload(caseId, entry, file);
  }
}

async function upload(caseId: string, entry: FileDraft, file: File): Promise<void> {
  const { key } = entry;
  going.add(key);
  const form = new FormData();
  form.append('file', file, entry.name);
  try {
    const [done] = (await post<{ items: Upload[] }>('/uploads', form)).items;
    given.delete(key);
    if (draftOf(caseId).value.files.some((f) => f.key === key)) change(caseId, key, { upload: done });
    else if (done) forgetUpload(done.id);
  } catch (error) {
    const pause = error instanceof Problem && error.code === 'rate_limited' ? Number(error.body.retry_after ?? 2) * 1000 : 0;
    if (pause) await new Promise((over) => setTimeout(over, pause));
    else { given.delete(key); change(caseId, key, { error: reasonOf(error) }); moveUp(caseId); }
  } finally {
    going.delete(key);
    pump();
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Problem ? known(`file.reason.${String(error.body.reason ?? '')}`, explain(error)) : t('error.unknown');
}

function change(caseId: string, key: string, patch: Partial<FileDraft>): void {
  editDraft(caseId, { files: draftOf(caseId).value.files.map((f) => (f.key === key ? { ...f, ...patch } : f)) });
}

function forgetUpload(id: string): void {
  void del(`/attachments/${id}`, undefined, { quiet: true }).catch(() => undefined);
}

export function removeFile(caseId: string, key: string): void {
  const gone = draftOf(caseId).value.files.find((f) => f.key === key)?.upload;
  given.delete(key);
  if (gone) forgetUpload(gone.id);
  editDraft(caseId, { files: draftOf(caseId).value.files.filter((f) => f.key !== key) });
  moveUp(caseId);
}
