/** Outlines in a square of 24. */
const PATHS = {
  send: 'M12 19V5M5.5 11.5 12 5l6.5 6.5',
  stop: 'M7 7h10v10H7z',
  plus: 'M12 5v14M5 12h14',
  copy: 'M9 9h10v11H9zM15 9V4H5v11h4',
  check: 'm5 12.5 4.5 4.5L19 7.5',
  retry: 'M19 12a7 7 0 1 1-2.1-5M19 4v4h-4',
  edit: 'M4 20h4L19 9l-4-4L4 16zM13 7l4 4',
  menu: 'M4 7h16M4 12h16M4 17h16',
  close: 'm6 6 12 12M18 6 6 18',
  down: 'm6 9 6 6 6-6',
  code: 'm9 7-5 5 5 5M15 7l5 5-5 5',
  sliders: 'M4 7h9M19 7h1M4 17h1M11 17h9M16 4v6M8 14v6',
  plug: 'M9 3v5M15 3v5M6 8h12v3a6 6 0 0 1-12 0zM12 17v4',
  attach:
    'm20 11-8.5 8.5a5 5 0 0 1-7-7L13 4a3.4 3.4 0 0 1 5 5l-8.500 8.500a1.700 1.700 0 0 1-2.500-2.500L14.500 7.500',
  file: 'M6 3h8l5 5v13H6zM14 3v5h5',
  tool: 'M14.500 6.500a4 4 0 0 1 5-1l-2.700 2.700 1 1 2.700-2.700a4 4 0 0 1-5.500 5L9 17.500A2.100 2.100 0 0 1 6 14.500l6-6a4 4 0 0 1 2.500-2z',
  think:
    'M9 18h6M10 21h4M12 3a6 6 0 0 0-3.500 10.900c.6.5 1 1.200 1 2.100h5c0-.9.4-1.600 1-2.100A6 6 0 0 0 12 3z',
  shield: 'M12 3 5 6v5c0 4.500 3 8 7 10 4-2 7-5.500 7-10V6z',
  braces: 'M9 4c-3 0-2 3-2 5s-1 3-3 3c2 0 3 1 3 3s-1 5 2 5M15 4c3 0 2 3 2 5s1 3 3 3c-2 0-3 1-3 3s1 5-2 5',
  trash: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13',
  export: 'M12 15V4M7.500 8.500 12 4l4.500 4.500M5 15v5h14v-5',
  import: 'M12 4v11M7.500 10.500 12 15l4.500-4.500M5 15v5h14v-5',
  sun: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.400 1.400M17.600 17.600 19 19M19 5l-1.400 1.400M6.400 17.600 5 19',
  moon: 'M20 14.500A8.500 8.500 0 0 1 9.500 4a8.500 8.500 0 1 0 10.500 10.500z',
  half: 'M12 3a9 9 0 1 0 0 18zM12 3a9 9 0 0 1 0 18',
  alert: 'M12 4 3 20h18zM12 10v4M12 17v.5',
  search: 'M11 5a6 6 0 1 0 0 12 6 6 0 0 0 0-12zM15.500 15.500 20 20',
} as const;

export type IconName = keyof typeof PATHS;

/** An icon in the size and colour of the text around it. What it stands for is said by its button. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
