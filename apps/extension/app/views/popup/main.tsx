import '../shared/tokens.css';
import '../shared/controls.css';
import '../shared/base.css';
import '../shared/parts.css';
import '../shared/marking.css';
import './popup.css';
import { mount } from '../shared/mount.tsx';
import { App } from './app.tsx';

mount(App);
