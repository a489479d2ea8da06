// An agent in another language: plays one agent of a run over MQTT. Needs Node 18 and `npm install mqtt`.
//
//     llm-pysc2 play 2s3z --mqtt mqtt://localhost/demo
//     node agent.mjs mqtt://localhost/demo Commander
//
// Every team attacks the enemy nearest to it. What is sent and received is described in mqtt.md.
import mqtt from "mqtt";
import { randomUUID } from "node:crypto";

const [address, agent = "Commander"] = process.argv.slice(2);
if (!address) {
  console.error("usage: node agent.mjs mqtt://HOST[:PORT]/RUN [AGENT]");
  process.exit(2);
}
const url = new URL(address);
const run = url.pathname.replaceAll("/", "");
const name = encodeURIComponent(agent).replace(/[!'()*]/g, (c) => "%" + c.charCodeAt(0).toString(16).toUpperCase());
const topic = (what) => `llm-pysc2/${run}/${name}/${what}`;
const status = `llm-pysc2/${run}/status`;
const presence = (state) =>
  JSON.stringify({ state, client: identity, model: "node/nearest", view: true });

const identity = randomUUID();
let last = null; // the last answer, in case it is asked for again
let over = false; // once the run is over, acknowledgements of its last messages may find the connection closed

const client = mqtt.connect(`${url.protocol}//${url.host}`, {
  username: url.username || process.env.LLM_PYSC2_MQTT_USER,
  password: url.password || process.env.LLM_PYSC2_MQTT_PASSWORD,
  will: { topic: topic("presence"), payload: presence("lost"), qos: 1, retain: true },
});

const announce = () =>
  client.publish(topic("presence"), presence("online"), { qos: 1, retain: true });

function decide(view) {
  const lines = ["Actions:"];
  for (const team of view.teams ?? []) {
    const distance = (enemy) =>
      Math.hypot(enemy.at[0] - team.at[0], enemy.at[1] - team.at[1]);
    const [nearest] = [...(view.enemies ?? [])].sort((a, b) => distance(a) - distance(b));
    if (nearest) lines.push(`Team ${team.team}:`, `<Attack_Unit(${nearest.id})>`);
  }
  return lines.join("\n");
}

client.on("connect", async () => {
  await client.subscribeAsync([status, topic("observation"), topic("notice")], { qos: 1 });
  announce();
});
client.on("error", (error) => {
  if (over) return;
  console.error(`${url.host}: ${error.message}`);
  process.exit(1);
});
client.on("message", (where, payload, packet) => {
  if (payload.length === 0) return;
  const message = JSON.parse(payload);
  if (where === status) {
    if (message.state === "open") announce();
    if (message.state === "ended" && !packet.retain) {
      over = true;
      client.publish(topic("presence"), presence("offline"), { qos: 1, retain: true }, () => client.end());
    }
  } else if (where === topic("notice")) {
    console.error(`not used (${message.kind}): ${message.reason}`);
  } else {
    const { episode, turn, view } = message;
    if (!last || last.episode !== episode || last.turn !== turn) {
      last = { episode, turn, text: decide(view ?? {}), model: "node/nearest" };
    }
    client.publish(topic("reply"), JSON.stringify(last), { qos: 1 });
  }
});
