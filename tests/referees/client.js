// receiptio, somebody else's print program, prints on our printer model and asks what hinders it.
//
//     client.js MODEL        MODEL: the built example `printer_model`
//
// It knows one port, 9100; the model listens there on a loopback address of its own.
const { spawn } = require('child_process');
const readline = require('readline');
const receiptio = require('receiptio');

const ADDRESS = '127.0.91.1';

class Model {
  constructor(program) {
    this.child = spawn(program, [`${ADDRESS}:9100`], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.lines = readline.createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
  }

  async next() {
    const { value, done } = await this.lines.next();
    if (done) throw new Error('the model has ended');
    return value;
  }

  /** Does what is said; what it answers, line by line. */
  async tell(words) {
    this.child.stdin.write(words + '\n');
    const answer = [];
    for (let line; (line = await this.next()) !== 'done';) answer.push(line);
    return answer;
  }

  end() {
    this.child.stdin.end();
  }
}

const RECEIPT = `^^^Demo Store

{w:*,12}
示范商品 | 8.00
Asparagus | 1.00
---
^合计 | ^9.00
{w:auto}
{code:T1-3LK2QZ-S0001a;option:code128,2,72}`;

let wrong = 0;

function expect(what, told, wanted) {
  const same = JSON.stringify(told) === JSON.stringify(wanted);
  wrong += same ? 0 : 1;
  console.log(`${same ? 'ok  ' : 'WRONG'} ${what}: ${JSON.stringify(told)}`);
  if (!same) console.log(`      expected ${JSON.stringify(wanted)}`);
}

// It asks in Star's language too what it talks to (ESC ACK SOH); an ESC/POS printer does not know that.
const unknown = report => report.filter(line => /^unknown /.test(line) && !/ (\\x1b\\x06|\\x01)$/.test(line));
const print = (options = '') => receiptio.print(RECEIPT, `-d ${ADDRESS} -l zh-hans ${options}`.trim());
const inquire = () => receiptio.print('', `-d ${ADDRESS} -q`);
const pause = ms => new Promise(resolve => setTimeout(resolve, ms));

async function main() {
  const model = new Model(process.argv[2]);
  expect('the model', await model.next(), `listening ${ADDRESS}:9100`);

  expect('asked when all is well', await inquire(), 'online');
  expect('printed', await print(), 'success');
  const report = await model.tell('report');
  const words = report.filter(line => line.startsWith('| ')).map(line => line.slice(2).trim());
  expect('papers', report.filter(line => line.startsWith('paper ')).length, 1);
  // It moves to columns by dots, which are no text.
  expect('on paper', words.filter(line => /Store|示范|Asp|合计/.test(line)),
    ['Demo Store', '示范商品8.00', 'Asparagus1.00', '合计9.00']);
  expect('barcodes', report.filter(line => line.startsWith('barcode ')), ['barcode T1-3LK2QZ-S0001a']);
  expect('commands that the model did not know', unknown(report), []);

  await model.tell('cover open');
  expect('asked with an open cover', await inquire(), 'coveropen');
  expect('printed with an open cover', await print(), 'coveropen');
  await model.tell('cover closed');
  await model.tell('roll out');
  expect('asked without paper', await inquire(), 'paperempty');
  expect('printed without paper', await print(), 'paperempty');
  await model.tell('roll full');
  expect('papers still', (await model.tell('report')).filter(line => line.startsWith('paper ')).length, 1);

  await model.tell('roll 2');
  expect('printed with paper for two lines', await print(), 'paperempty');
  await model.tell('roll full'); // it goes on with what it has
  await pause(500);
  expect('papers after a new roll', (await model.tell('report')).filter(line => line.startsWith('paper ')).length, 2);

  await model.tell('slow 50');
  const slow = print();
  await pause(300);
  await model.tell('cover open');
  expect('opened in the middle of a job', await slow, 'coveropen');
  await model.tell('cover closed');
  await model.tell('slow 0');
  await pause(500);
  expect('papers after closing it', (await model.tell('report')).filter(line => line.startsWith('paper ')).length, 3);

  expect('asked in the end', await inquire(), 'online');
  const last = await model.tell('report');
  expect('commands that the model did not know', unknown(last), []);
  model.end();
  console.log(wrong === 0 ? 'receiptio and our printer model agree' : `${wrong} disagreements`);
  process.exitCode = wrong === 0 ? 0 : 1;
}

main();
