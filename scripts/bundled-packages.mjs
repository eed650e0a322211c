/**
 * Packages whose code is part of the build, so that users do not install them, each with the file of its licence and the name
 * of the copy in `dist`.
 */
export const BUNDLED_PACKAGES = [
  { name: '@noble/hashes', licence: 'LICENSE', copy: 'noble-hashes.LICENSE' },
  { name: 'preact', licence: 'LICENSE', copy: 'preact.LICENSE' },
  { name: 'valibot', licence: 'LICENSE.md', copy: 'valibot.LICENSE' },
];
