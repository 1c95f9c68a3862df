// SPDX-License-Identifier: Apache-2.0
import { render } from 'preact';
import './style.css';

const page = document.getElementById('page');
if (page) render(<main><h1>Selfsame</h1></main>, page);
