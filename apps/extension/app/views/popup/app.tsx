import { SignedIn } from '../shared/signed-in.tsx';
import { Workspace } from './workspace.tsx';

export const App = () => <SignedIn>{({ onSignOut }) => <Workspace onSignOut={onSignOut} />}</SignedIn>;
