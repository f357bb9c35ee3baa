import { overlay } from '../overlays';
import { GlassDialog } from './glass';
import { IdentifyDialog } from './identify';
import { IdentityDialog } from './identity';
import { KeysDialog } from './keys';
import { RulesDialog, WhyDialog } from './look';
import { MergeDialog } from './merge';
import { PictureDialog } from './picture';
import { SkillsDialog } from './facts';
import { PointsDialog } from './points';
import { ContactDialog, ProtectDialog } from './protect';
import { SearchDialog } from './search';
import { SettingsDialog } from './settings';
import { ShiftDialog } from './shift';
import { TemplatesDialog } from './templates';
import { ToContactDialog } from './to-contact';
import { WishesDialog } from './wishes';
import { HandDialog, LabelsDialog, PriorityDialog, ResolveDialog, SnoozeDialog, TransferDialog } from './work';

export function Dialogs() {
  const shown = overlay.value;
  switch (shown?.kind) {
    case 'resolve': return <ResolveDialog ids={shown.ids ?? [shown.id]} thenNext={shown.thenNext} />;
    case 'snooze': return <SnoozeDialog ids={shown.ids ?? [shown.id]} />;
    case 'transfer': return <TransferDialog ids={shown.ids ?? [shown.id]} />;
    case 'labels': return <LabelsDialog ids={shown.ids ?? [shown.id]} />;
    case 'priority': return <PriorityDialog ids={shown.ids ?? [shown.id]} />;
    case 'hand': return <HandDialog id={shown.id} />;
    case 'glass': return <GlassDialog id={shown.id} />;
    case 'why': return <WhyDialog id={shown.id} />;
    case 'rules': return <RulesDialog id={shown.id} />;
    case 'templates': return <TemplatesDialog id={shown.id} />;
    case 'identify': return <IdentifyDialog id={shown.id} />;
    case 'identity': return <IdentityDialog id={shown.id} />;
    case 'merge': return <MergeDialog id={shown.id} />;
    case 'contact': return <ContactDialog id={shown.id} />;
    case 'wishes': return <WishesDialog id={shown.id} />;
    case 'protect': return <ProtectDialog id={shown.id} />;
    case 'shift': return <ShiftDialog />;
    case 'picture': return <PictureDialog url={shown.url} name={shown.name} />;
    case 'settings': return <SettingsDialog />;
    case 'points': return <PointsDialog id={shown.id} />;
    case 'skills': return <SkillsDialog id={shown.id} />;
    case 'search': return <SearchDialog />;
    case 'toContact': return <ToContactDialog />;
    case 'keys': return <KeysDialog />;
    default: return null;
  }
}
