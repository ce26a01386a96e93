// Uses the page of a class in a browser, and prints what it has seen there as JSON.
//
//	node class.cjs BROWSER SMALL BIG PERSON
//
// SMALL and BIG are pages of classes, PERSON is that of one student. The packages
// playwright-core and axe-core are looked for in NODE_PATH.
"use strict";
const {chromium} = require("playwright-core");
const axe = require("axe-core");
const {pathToFileURL} = require("node:url");

const [browserPath, small, big, person] = process.argv.slice(2);
const seen = {wrong: []}; // what must not happen, and what was seen

async function opened(browser, file, options, before = async () => {}) {
	const context = await browser.newContext(options);
	context.setDefaultTimeout(180_000); // the machine may be busy
	const page = await context.newPage();
	page.on("console", (m) => seen.wrong.push(`console: ${m.text()}`));
	page.on("pageerror", (e) => seen.wrong.push(`error: ${e.message}`));
	page.on("request", (r) => {
		if (r.url() !== pathToFileURL(file).href) seen.wrong.push(`request: ${r.url()}`);
	});
	await before(page);
	await page.goto(pathToFileURL(file).href);
	return page;
}

// Returns the names of the students that are shown, from the top.
const shown = (page) => page.$$eval("#students tr", (rows) => rows.filter((r) => r.checkVisibility()).map((r) => r.cells[0].textContent));

async function accessible(page, what) {
	await page.evaluate(axe.source);
	const {violations} = await page.evaluate(() => axe.run());
	for (const v of violations) seen.wrong.push(`axe, ${what}: ${v.id}: ${v.nodes[0].html.slice(0, 200)}: ${v.nodes[0].failureSummary}`);
}

async function useSmall(browser) {
	const page = await opened(browser, small);
	seen.byName = await shown(page);
	await page.click("[data-sort=core]");
	seen.byScore = await shown(page);
	seen.sortedBy = await page.$$eval("[aria-sort]", (all) => all.map((th) => `${th.textContent}: ${th.ariaSort}`));
	await page.click("[data-sort=core]");
	seen.byScoreUp = await shown(page);
	await page.click("[data-sort='1']");
	seen.byCase = await shown(page);
	seen.status = await page.textContent("#status");
	await page.click("[data-sort=name]");
	await page.selectOption("#case", "2");
	await page.selectOption("#kind", "f");
	seen.failedCase = await shown(page);
	await page.selectOption("#kind", {label: "passed"});
	seen.passedCase = await shown(page);
	await page.click("[type=reset]");
	await page.fill("#name", "STUDENT 1");
	seen.named = await shown(page);
	await page.click("[data-like]");
	seen.alike = await shown(page);
	await page.click("[data-case='3']");
	seen.hard = await shown(page);
	await page.click("[type=reset]");
	await page.waitForFunction(() => document.getElementById("status").textContent.startsWith("12 of 12"));
	await accessible(page, "light");

	await page.click("text=student 5");
	seen.board = await page.textContent("#board-name");
	seen.pictures = await page.$$eval("#board svg[role=img]", (all) => all.map((svg) => svg.ariaLabel));
	seen.dialogue = await page.$$eval("#board .dialogue li", (all) => all.map((li) => li.textContent));
	await accessible(page, "board");
	await page.click("#next");
	seen.next = await page.textContent("#board-name");
	await page.keyboard.press("Escape");
	seen.closed = !await page.isVisible("#board");
	await page.click("#students tr:nth-child(3) td:nth-child(5)");
	seen.focused = await page.evaluate(() => document.activeElement.querySelector("summary").textContent);
	await page.emulateMedia({media: "print"});
	seen.printed = [await page.isVisible("#board"), await page.isVisible("#students")];
	await page.context().close();

	const dark = await opened(browser, small, {colorScheme: "dark"});
	await accessible(dark, "dark");
	await dark.emulateMedia({media: "print"});
	seen.printedMap = await dark.isVisible("#students") && !await dark.isVisible("#filters");
	await dark.context().close();

	const plain = await opened(browser, small, {javaScriptEnabled: false});
	seen.withoutScript = await plain.locator("#students tr").count();
	await plain.context().close();
}

// Counts the processor time of the page, which is what the other processes of the machine
// change least.
async function useBig(browser) {
	let session;
	const page = await opened(browser, big, {}, async (page) => {
		session = await page.context().newCDPSession(page);
		await session.send("Performance.enable", {timeDomain: "threadTicks"});
	});
	const used = async () => (await session.send("Performance.getMetrics")).metrics.find((m) => m.name === "TaskDuration").value;
	const measure = async (act) => {
		const before = await used();
		await act();
		await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
		return await used() - before;
	};
	seen.seconds = {
		open: await used(),
		sort: await measure(() => page.click("[data-sort='7']")),
		filter: await measure(() => page.fill("#name", "9")),
		board: await measure(() => page.click("#students button:visible >> nth=9")),
	};
	await page.click("#close");
	await page.fill("#name", "");
	seen.rows = [(await shown(page)).length, await page.locator("#students tr").count()];
	await page.click("#more");
	seen.rows.push((await shown(page)).length);
	await page.context().close();
}

async function usePerson(browser) {
	const page = await opened(browser, person);
	seen.person = await page.textContent("h1");
	await accessible(page, "one student");
	await page.context().close();
}

(async () => {
	const browser = await chromium.launch({executablePath: browserPath});
	try {
		await useSmall(browser);
		await usePerson(browser);
		await useBig(browser);
	} finally {
		await browser.close();
	}
	console.log(JSON.stringify(seen));
})().catch((e) => {
	console.error(e.stack);
	process.exit(1);
});
