// How long receipt-printer-encoder takes: `receipt_printer_encoder_bench.js text|raster RECEIPT FONTS`; says what
// `encode_bench` says. Text goes out by its code page. For raster, Skia (@napi-rs/canvas) draws all lines on one canvas
// with the same Noto Sans CJK, and the encoder sends that. Barcode and QR symbol are the printer's own in both.
const fs = require('fs');
const path = require('path');
const ReceiptPrinterEncoder = require('@point-of-sale/receipt-printer-encoder');
const { GlobalFonts, createCanvas } = require('@napi-rs/canvas');

const [COLUMNS, WIDTH, BATCHES, BATCH_MS] = [48, 576, 200, 5];
const [kind, receiptFile, fonts, bytesFile] = process.argv.slice(2);

const rows = text => text.split('\n').filter(line => line).map(line => line.split('\t'));
const fresh = () => new ReceiptPrinterEncoder({ language: 'esc-pos', columns: COLUMNS, codepageMapping: 'epson', imageMode: 'raster', feedBeforeCut: 0 });

function common(encoder, name, rest) {
  if (name === 'rule') encoder.rule();
  if (name === 'space') encoder.newline();
  if (name === 'barcode') encoder.align('center').barcode(rest[0], 'code128', { height: 80, width: 2, text: false }).line(rest[0]).align('left');
  if (name === 'qr') encoder.align('center').qrcode(rest[0], { model: 2, size: 6, errorlevel: 'm' }).align('left');
}

function textJob(receipt) {
  const encoder = fresh().initialize().codepage('cp858');
  for (const [name, ...rest] of receipt) {
    if (name !== 'text' && name !== 'pair') {
      common(encoder, name, rest);
      continue;
    }
    const style = name === 'text' ? rest[1] : rest[0];
    const size = style === 'large' ? 2 : 1;
    if (style !== 'plain') encoder.bold(true).size(size, size);
    if (name === 'text') encoder.align('center').line(rest[2]).align('left');
    else encoder.line(rest[1] + ' '.repeat(COLUMNS / size - rest[1].length - rest[2].length) + rest[2]);
    if (style !== 'plain') encoder.bold(false).size(1, 1);
  }
  return encoder.cut('partial').encode();
}

function picture(lines) {
  const high = row => (row.slice(1, 3).includes('large') ? 60 : 30);
  const height = Math.ceil(lines.reduce((sum, row) => sum + high(row), 0) / 8) * 8;
  const context = createCanvas(WIDTH, height).getContext('2d');
  context.fillStyle = 'white';
  context.fillRect(0, 0, WIDTH, height);
  context.fillStyle = 'black';
  let y = 0;
  for (const row of lines) {
    const [name, ...rest] = row;
    const style = name === 'text' ? rest[1] : name === 'pair' ? rest[0] : 'plain';
    context.font = { plain: '24px noto', bold: 'bold 24px noto', large: 'bold 48px noto' }[style];
    const base = y + (style === 'large' ? 44 : 22);
    if (name === 'text') {
      context.textAlign = 'center';
      context.fillText(rest[2], WIDTH / 2, base);
    } else if (name === 'pair') {
      context.textAlign = 'left';
      context.fillText(rest[1], 0, base);
      context.textAlign = 'right';
      context.fillText(rest[2], WIDTH, base);
    } else if (name === 'rule') {
      context.fillRect(0, y + 14, WIDTH, 2);
    }
    y += high(row);
  }
  return context.getImageData(0, 0, WIDTH, height);
}

function rasterJob(receipt) {
  const encoder = fresh().initialize();
  let lines = [];
  const send = () => {
    if (lines.length === 0) return;
    const dots = picture(lines);
    encoder.image(dots, WIDTH, dots.height, 'threshold', 128);
    lines = [];
  };
  for (const row of receipt) {
    if (row[0] === 'barcode' || row[0] === 'qr') {
      send();
      common(encoder, row[0], row.slice(1));
    } else {
      lines.push(row);
    }
  }
  send();
  return encoder.cut('partial').encode();
}

const now = () => Number(process.hrtime.bigint()) / 1000;
const receipt = rows(fs.readFileSync(receiptFile, 'utf8'));
let begun = now();
if (kind === 'raster') {
  for (const weight of ['Regular', 'Bold']) {
    GlobalFonts.registerFromPath(path.join(fonts, `NotoSansCJKsc-${weight}-subset.otf`), 'noto');
  }
}
const encode = () => (kind === 'raster' ? rasterJob(receipt) : textJob(receipt));
const first = encode();
const cold = now() - begun;
const batches = [];
for (let i = 0; i < BATCHES; i++) {
  let count = 0;
  begun = now();
  while (now() - begun < BATCH_MS * 1000) {
    if (Buffer.compare(encode(), first) !== 0) throw new Error('two encodings of one receipt differ');
    count++;
  }
  batches.push((now() - begun) / count);
}
if (bytesFile) fs.writeFileSync(bytesFile, first);
process.stdout.write(`${cold.toFixed(3)}\t${Math.min(...batches).toFixed(3)}\t${first.length}\n`);
