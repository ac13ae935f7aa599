/* Evaluates expressions: a line of JSON in, `{script, expression, values}`; a line of JSON out. */
import { createInterface } from "node:readline";

async function evaluate({ script, expression, values }) {
  const given = { ...(await import(script)), ...values };
  return new Function(...Object.keys(given), `return ${expression}`)(...Object.values(given)) ?? null;
}

for await (const line of createInterface({ input: process.stdin })) {
  const told = await evaluate(JSON.parse(line)).then((value) => ({ value }), (error) => ({ error: String(error.stack) }));
  console.log(JSON.stringify(told));
}
