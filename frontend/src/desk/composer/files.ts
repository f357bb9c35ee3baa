/** Files on their way into a message: picked, dropped or pasted. */
import { Problem, del, post } from '../../api';
import { bytes } from '../../format';
import { known, t } from '../../i18n';
import { draftOf, editDraft, type FileDraft } from '../../store/drafts';
import { explain } from '../../store/commands';
import { toast } from '../../store/notices';
import type { Upload } from '../../wire';

const largest = 25 * 1024 * 1024;
let counter = 0;

export function addFiles(caseId: string, files: Iterable<File>): void {
  for (const file of files) {
    if (file.size > largest) { toast(t('file.tooLarge', { name: file.name, most: bytes(largest) }), { tone: 'bad' }); continue; }
    void upload(caseId, file);
  }
}

async function upload(caseId: string, file: File): Promise<void> {
  const key = `f${++counter}`;
  const entry: FileDraft = { key, name: file.name || t('file.pasted'), type: file.type, size: file.size, progress: 0 };
  editDraft(caseId, { files: [...draftOf(caseId).value.files, entry] });
  const form = new FormData();
  form.append('file', file, entry.name);
  try {
    change(caseId, key, { upload: (await post<{ items: Upload[] }>('/uploads', form)).items[0], progress: 1 });
  } catch (error) {
    change(caseId, key, { error: error instanceof Problem ? known(`file.reason.${error.body.reason ?? ''}`, explain(error)) : t('error.unknown') });
  }
}

function change(caseId: string, key: string, patch: Partial<FileDraft>): void {
  editDraft(caseId, { files: draftOf(caseId).value.files.map((f) => (f.key === key ? { ...f, ...patch } : f)) });
}

export function removeFile(caseId: string, key: string): void {
  const gone = draftOf(caseId).value.files.find((f) => f.key === key)?.upload;
  if (gone) void del(`/attachments/${gone.id}`, undefined, { quiet: true }).catch(() => undefined);
  editDraft(caseId, { files: draftOf(caseId).value.files.filter((f) => f.key !== key) });
}
