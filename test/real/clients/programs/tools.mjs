// What the tools of every client do.
const CELSIUS = { Paris: 18, Rome: 24 };

export function weatherIn(city) {
  return { city, celsius: CELSIUS[city] };
}

export function sumOf(numbers) {
  return { sum: numbers.reduce((sum, one) => sum + one, 0) };
}
