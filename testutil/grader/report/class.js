"use strict";
// Sorts and filters the map of a class, and shows the board of a student.
const data = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);
const kinds = new Map(data.kinds.map((k) => [k.code, k]));
const rank = new Map(data.kinds.map((k, i) => [k.code, i]));
const body = byId("students");
const rows = [...body.rows]; // in the order of data.students
const indexOf = new Map(rows.map((row, i) => [row, i]));
const firstRows = 50;

let order = data.students.map((_, i) => i); // as the map shows them
let sorted = {key: "name", down: false};
let shown = firstRows;
let visible = order;

// Sorting.
const names = new Intl.Collator(undefined, {numeric: true});
function compare(key, a, b) {
	a = data.students[a];
	b = data.students[b];
	switch (key) {
	case "name":
		return names.compare(a.name, b.name);
	case "core":
	case "robustness":
	case "extra":
		return a[key] - b[key];
	}
	return rank.get(a.verdicts[key]) - rank.get(b.verdicts[key]);
}

// What is worth seeing comes first: high points, and failures.
function sortBy(key) {
	arrange(key, sorted.key === key ? !sorted.down : key !== "name");
}

function arrange(key, down) {
	sorted = {key, down};
	order.sort((a, b) => (down ? -1 : 1) * compare(key, a, b));
	for (const button of document.querySelectorAll("[data-sort]")) {
		const head = button.parentElement;
		if (button.dataset.sort === key) {
			head.setAttribute("aria-sort", down ? "descending" : "ascending");
		} else {
			head.removeAttribute("aria-sort");
		}
	}
	body.append(...order.map((i) => rows[i]));
	filter();
}

// Filtering.
function matches(student) {
	const name = byId("name").value.trim().toLowerCase();
	const at = byId("case").value;
	const kind = byId("kind").value;
	const like = byId("like").value;
	if (name && !student.name.toLowerCase().includes(name)) return false;
	if (like && !Object.values(student.like ?? {}).includes(like)) return false;
	if (!kind) return true;
	const wanted = (code) => kind === "f" ? kinds.get(code).class === "f" : kind === code + ":";
	return at === "" ? [...student.verdicts].some(wanted) : wanted(student.verdicts[at]);
}

function filter() {
	visible = order.filter((i) => matches(data.students[i]));
	const place = new Map(visible.map((i, n) => [i, n]));
	rows.forEach((row, i) => {
		const n = place.get(i);
		row.hidden = n === undefined;
		row.classList.toggle("later", n >= shown);
	});
	byId("more").hidden = visible.length <= shown;
	const by = Number.isInteger(+sorted.key) ? data.cases[sorted.key].name : sorted.key;
	byId("status").textContent = `${visible.length} of ${data.students.length} students, by ${by}` +
		(visible.length > shown ? `; the first ${shown} are shown` : "");
}

// A change of what is wanted shows the first rows again.
function filterAgain() {
	shown = firstRows;
	filter();
}

// The board of a student.
const board = byId("board");
let open = -1;

function element(name, text, className) {
	const e = document.createElement(name);
	e.textContent = text;
	if (className) e.className = className;
	return e;
}

function showBoard(i, at) {
	open = i;
	const student = data.students[i];
	byId("board-name").textContent = `${student.name}: core ${student.core}, robustness ${student.robustness}, extra ${student.extra}`;
	const content = byId("board-body");
	content.replaceChildren();
	let program, part, list;
	data.cases.forEach((c, n) => {
		if (c.program !== program) {
			program = c.program;
			part = undefined;
			content.append(element("h3", program));
			const like = student.like?.[program];
			if (like) content.append(element("p", `Its failures look like those of a known mistake: ${like}`));
		}
		if (c.part !== part) {
			part = c.part;
			list = element("ul", "", "cases");
			content.append(element("h4", part), list);
		}
		list.append(boardCase(c, student, n, at));
	});
	byId("previous").disabled = visible.indexOf(i) <= 0;
	byId("next").disabled = visible.indexOf(i) >= visible.length - 1;
	if (!board.open) board.showModal();
	const target = at === undefined ? byId("board-name") : content.querySelector(`[data-at="${at}"]`);
	target.focus();
	target.scrollIntoView();
}

function boardCase(c, student, n, at) {
	const kind = kinds.get(student.verdicts[n]);
	const item = element("li", "", {p: "passed", f: "", o: "open"}[kind.class]);
	item.dataset.at = n;
	item.tabIndex = -1;
	const line = `${c.name} (${kind.class === "p" ? "" : "0 of "}${c.points})`;
	const text = data.texts[student.told?.[n]];
	if (kind.class === "f" && text !== undefined) {
		const details = document.createElement("details");
		details.open = true;
		const told = document.createElement("div");
		told.innerHTML = text; // a piece that the workbook has written, in which texts of programs are escaped
		details.append(element("summary", line, "failed"), told);
		item.append(details);
	} else if (kind.class === "p") {
		item.textContent = line;
	} else {
		item.textContent = `${line}: ${kind.kind}`;
		if (text !== undefined) item.insertAdjacentHTML("beforeend", text);
	}
	return item;
}

function step(by) {
	const next = visible[visible.indexOf(open) + by];
	if (next !== undefined) showBoard(next);
}

// Events.
document.querySelector(".map thead").addEventListener("click", (e) => {
	const button = e.target.closest("[data-sort]");
	if (button) sortBy(button.dataset.sort);
});
body.addEventListener("click", (e) => {
	const row = e.target.closest("tr");
	const at = e.target.closest("td")?.cellIndex - 4;
	if (row) showBoard(indexOf.get(row), at >= 0 ? at : undefined);
});
body.addEventListener("mouseover", (e) => {
	const cell = e.target.closest("td");
	const at = cell?.cellIndex - 4;
	if (at >= 0 && !cell.title) {
		const student = data.students[indexOf.get(cell.parentElement)];
		cell.title = `${student.name}: ${data.cases[at].name}: ${kinds.get(student.verdicts[at]).kind}`;
	}
});
for (const id of ["name", "case", "kind", "like"]) byId(id).addEventListener("input", filterAgain);
byId("filters").addEventListener("submit", (e) => e.preventDefault());
byId("filters").addEventListener("reset", () => setTimeout(filterAgain));
byId("more").addEventListener("click", () => {
	shown = Infinity;
	filter();
});
for (const button of document.querySelectorAll("[data-case], [data-like]")) {
	button.addEventListener("click", () => {
		byId("filters").reset();
		if (button.dataset.case) {
			byId("case").value = button.dataset.case;
			byId("kind").value = "f";
		} else {
			byId("like").value = button.dataset.like;
		}
		filterAgain();
		byId("map").scrollIntoView();
		document.querySelector(".map").focus({preventScroll: true});
	});
}
byId("previous").addEventListener("click", () => step(-1));
byId("next").addEventListener("click", () => step(1));
byId("close").addEventListener("click", () => board.close());
arrange("name", false);
