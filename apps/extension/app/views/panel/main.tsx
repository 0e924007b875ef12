import '../shared/tokens.css';
import '../shared/base.css';
import '../shared/parts.css';
import '../shared/marking.css';
import './panel.css';
import { createRoot } from 'react-dom/client';
import { reloadWhenRebuilt } from '../../platform/reload.ts';
import { App } from './app.tsx';

const root = document.getElementById('root');
if (!root) throw new Error('src/sidepanel.html has no #root');
createRoot(root).render(<App />);
reloadWhenRebuilt();
