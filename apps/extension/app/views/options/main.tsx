import '../shared/tokens.css';
import '../shared/controls.css';
import '../shared/base.css';
import '../shared/parts.css';
import '../shared/marking.css';
import '../shared/sheet.css';
import './options.css';
import { mount } from '../shared/mount.tsx';
import { App } from './app.tsx';

mount(App);
