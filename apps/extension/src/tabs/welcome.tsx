import '../../dist/welcome.css';
import '../../dist/welcome.js';
