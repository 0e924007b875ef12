import { openOptions } from '../../platform/runtime.ts';
import { text } from '../../platform/words.ts';
import { IconButton } from './icon-button.tsx';
import { LogoIcon, OptionsIcon, PanelIcon, PersonIcon, SignOutIcon } from './icons.tsx';

interface HeaderProps {
  readonly plan?: string | undefined;
  readonly onPanel?: (() => void) | undefined;
  readonly onAccount?: (() => void) | undefined;
  readonly onSignOut?: () => void;
  /** False on the options page itself, and before there is anything to choose. */
  readonly hasOptions?: boolean;
}

export const Header = ({ plan, onPanel, onAccount, onSignOut, hasOptions = true }: HeaderProps) => (
  <header className="header">
    <LogoIcon />
    <b>Twohop</b>
    {plan !== undefined && <span className="plan">{plan}</span>}
    <span className="actions">
      {onPanel && (
        <IconButton label={text('openPanel')} onClick={onPanel}>
          <PanelIcon />
        </IconButton>
      )}
      {hasOptions && (
        <IconButton label={text('openOptions')} onClick={() => void openOptions()}>
          <OptionsIcon />
        </IconButton>
      )}
      {onAccount && (
        <IconButton label={text('yourAccount')} onClick={onAccount}>
          <PersonIcon />
        </IconButton>
      )}
      {onSignOut && (
        <IconButton label={text('signOut')} onClick={onSignOut}>
          <SignOutIcon />
        </IconButton>
      )}
    </span>
  </header>
);
