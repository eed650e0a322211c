import { render } from 'preact';
import { bootPage } from './connection/boot.js';
import { App } from './view/app.js';

const root = document.getElementById('root') as HTMLElement;
root.replaceChildren();
render(<App boot={undefined} />, root);
render(<App boot={await bootPage()} />, root);
