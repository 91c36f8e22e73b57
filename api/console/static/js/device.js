// A device's page: what arrives is written into its latest values, and links keep the period the charts show.
import { number } from "./live.js";

function written(value, row) {
  if (typeof value === "boolean") return value ? row.dataset.yes : row.dataset.no;
  if (typeof value === "string") return new Map(Object.entries(JSON.parse(row.dataset.spoken || "{}"))).get(value) ?? value;
  return typeof value === "number" ? number(value) : String(value);
}

function fresh(moment) {
  const place = document.getElementById("heard");
  place.replaceChildren(document.getElementById("heard-now").content.cloneNode(true));
  place.querySelector("time").dateTime = moment;
}

function newer(time, moment) {
  return time?.dateTime && Date.parse(time.dateTime) >= Date.parse(moment) ? false : true;
}

document.addEventListener("vop:latest", ({ detail }) => {
  let newest = "";
  for (const row of document.querySelectorAll("[data-latest]")) {
    const found = detail.latest[row.dataset.latest];
    if (!found) continue;
    if (found.ts > newest) newest = found.ts;
    const [, box, when] = row.cells;
    if (!box.querySelector(".value")) continue;
    box.querySelector(".value").textContent = written(found.value, row);
    const time = when.querySelector("time");
    if (time && newer(time, found.ts)) stamp(time, found.ts);
  }
  fresh(detail.arrived_at);
  const measured = document.querySelector("#measured time");
  if (measured && newest && newer(measured, newest)) stamp(measured, newest);
});

// Just measured: console.js writes the age from then on.
function stamp(time, moment) {
  time.dateTime = moment;
  if (Date.now() - Date.parse(moment) < 5000) time.textContent = document.querySelector("#heard time").textContent;
  document.dispatchEvent(new CustomEvent("vop:ages"));
}

document.addEventListener("vop:range", ({ detail }) => {
  for (const link of document.querySelectorAll("[data-keep-range] a, [data-fixed-range]")) {
    const address = new URL(link.href);
    address.searchParams.set("from", detail.from);
    address.searchParams.set("to", detail.to);
    link.href = address;
  }
  for (const form of document.querySelectorAll("form[data-keep-range]")) {
    for (const name of ["from", "to"]) {
      const field = form.elements[name] || form.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name }));
      field.value = detail[name];
    }
  }
});
