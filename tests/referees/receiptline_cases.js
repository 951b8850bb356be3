// The cases as receiptline encodes them: cases on standard input, a name and bytes in hex a line on standard output.
// `-` instead of bytes: it has no word for that.
const fs = require('fs');
const receiptline = require('receiptline');
const { PNG } = require('pngjs');

// Its markdown has words of its own for these.
const quoted = text => text.replace(/[\\{}|~_"`^;=-]/g, c => '\\x' + c.charCodeAt(0).toString(16).padStart(2, '0'));

// Two colours need no dots between them.
const job = (markdown, encoding, cutting = true) => {
  const printer = { command: 'generic', cpl: 48, encoding, spacing: true, gradient: false, cutting };
  return Buffer.from(receiptline.transform(markdown, printer), 'binary');
};

const encodings = { ascii: 'cp437' };
const encodingOf = charset => encodings[charset] || charset;

const kinds = {
  lines: (charset, style, ...rows) => {
    const mark = { plain: '', bold: '"', large: '"^^^' }[style];
    // A row that is all spaces would be lost, and spaces at its end are: neither is in a case.
    const kept = row => quoted(row).replace(/ /g, '~');
    return job('{text:nowrap}\n' + rows.map(row => '|' + mark + kept(row)).join('\n'), encodingOf(charset));
  },
  repertoire: (charset, size, characters) => {
    const command = Object.assign({}, receiptline.commands.generic);
    const mode = command.text('', encodingOf(charset)).length;
    return [...characters].map(c => Buffer.from(command.text(c, encodingOf(charset)).slice(mode), 'binary'));
  },
  barcode: (height, module, data) =>
    job(`{code:${quoted(data)};option:code128,${module},${height}}`, 'cp437'),
  qr: () => null, // draws symbols itself
  picture: (width, height, ...rows) => {
    const png = new PNG({ width: Number(width), height: Number(height) });
    rows.forEach((row, y) => [...row].forEach((bit, x) => {
      png.data.set(bit === '1' ? [0, 0, 0, 255] : [255, 255, 255, 255], 4 * (y * png.width + x));
    }));
    return job(`|{image:${PNG.sync.write(png).toString('base64')}}`, 'cp437');
  },
  drawer: () => null,
  cut: () => job('=', 'cp437', false),
  tear: () => null,
};

for (const line of fs.readFileSync(0, 'utf8').split('\n').filter(line => line)) {
  const [name, , kind, ...args] = line.split('\t');
  const told = kinds[kind](...args);
  const hex = told === null ? '-' : [told].flat().map(bytes => bytes.toString('hex')).join(' ');
  process.stdout.write(`${name}\t${hex}\n`);
}
