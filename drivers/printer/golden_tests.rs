//! Pictures of receipts, made by the printer model from the bytes: `UPDATE_GOLDEN=1` rewrites them, a person looks.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use quickpay_core::document::{Align, Document, DocumentKind, Line, Style};

use super::bitmap::Bitmap;
use super::escpos::{Drawer, encode_parts, encode_with};
use super::fonts::Fonts;
use super::model::{Developed, Rom, develop_for};
use super::part::Part;
use super::picture::Picture;
use super::profile::{Profile, Raster};
use super::typeface::Typeface;

const WIDTHS: [(u16, u16); 3] = [(384, 32), (512, 42), (576, 48)];

pub(super) fn font_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/fonts")
}

pub(super) fn fonts() -> Fonts {
    Fonts::in_folder(&font_folder()).unwrap()
}

pub(super) fn typeface() -> Arc<Typeface> {
    let bold = font_folder().join("NotoSansCJKsc-Bold-subset.otf");
    Arc::new(Typeface::open(&font_folder().join("NotoSansCJKsc-Regular-subset.otf"), Some(&bold)).unwrap())
}

pub(super) fn text(text: &str, align: Align, style: Style) -> Line {
    Line::Text { text: text.to_owned(), align, style }
}

pub(super) fn pair(label: &str, value: &str, style: Style) -> Line {
    Line::Pair { label: label.to_owned(), value: value.to_owned(), style }
}

fn document(lines: Vec<Line>) -> Document {
    Document { kind: DocumentKind::Receipt, lines }
}

struct Speech {
    script: &'static str,
    shop: &'static str,
    address: &'static str,
    cashier: (&'static str, &'static str),
    order: (&'static str, &'static str),
    total: (&'static str, &'static str),
    note: &'static str,
    thanks: &'static str,
}

/// The last amounts are as long as the wallet's limits let them be.
const SPEECHES: [Speech; 12] = [
    Speech {
        script: "latin",
        shop: "Café Żółw & Söhne",
        address: "Zażółć 7, Phố Nguyễn Trãi, Façade d’été, Ångström Øst, Iğdır, Česká Třebová",
        cashier: ("Caissière / Kassiererin", "Zoë Müller-Nguyễn"),
        order: ("Số đơn hàng / Numéro de commande", "T1-3LK2QZ-S0001a"),
        total: ("Celkový součet", "EUR 88.00"),
        // The second half in combining marks: e + U+0301 and so on.
        note: "Precomposed: é ñ ü ệ ő ș. Combining: e\u{301} n\u{303} u\u{308} e\u{323}\u{302} o\u{30b} s\u{326}. Réclamations sous 30 jours.",
        thanks: "Dziękujemy! Teşekkürler! Děkujeme! Cảm ơn!",
    },
    Speech {
        script: "greek",
        shop: "Καφενείο «Ήλιος»",
        address: "Οδός Ερμού 12, 105 63 Αθήνα, Ελλάδα",
        cashier: ("Ταμίας", "Γιώργος Παπαδόπουλος"),
        order: ("Αριθμός παραγγελίας", "T1-3LK2QZ-S0001a"),
        total: ("Σύνολο", "EUR 1,234.50"),
        note: "Κρατήστε την απόδειξη για επιστροφές. Πολυτονικό: ἀρχὴ ἥμισυ παντός, ᾧ τὰ ὦτα.",
        thanks: "Ευχαριστούμε πολύ!",
    },
    Speech {
        script: "cyrillic",
        shop: "Магазин «Їжак і Ґедзь»",
        address: "ул. Большая Дмитровка, д. 7, Москва; вул. Хрещатик, 22, Київ",
        cashier: ("Кассир", "Юлия Щербакова"),
        order: ("Номер заказа", "T1-3LK2QZ-S0001a"),
        total: ("ИТОГО", "RUB 12 345.00"),
        note: "Сохраняйте чек для возврата. Српски: Љубав, Њега, Џеп, ћуран. Қазақша: Өнім, әже, ұлт.",
        thanks: "Спасибо за покупку! Дякуємо!",
    },
    Speech {
        script: "arabic",
        shop: "مقهى النخيل",
        address: "شارع الملك فهد، الرياض ١٢٢٦٢، المملكة العربية السعودية",
        cashier: ("أمين الصندوق", "محمد بن عبد الله"),
        order: ("رقم الطلب", "T1-3LK2QZ-S0001a"),
        total: ("الإجمالي", "SAR 1,234.50"),
        note: "يُرجى الاحتفاظ بهذا الإيصال للاسترداد خلال 30 يومًا من تاريخ الشراء (WeChat Pay). فارسی: می‌خواهم پول را پس بگیرم.",
        thanks: "شكرًا لزيارتكم!",
    },
    Speech {
        script: "hebrew",
        shop: "קפה הדקל",
        address: "רחוב דיזנגוף 99, תל אביב-יפו 6439602",
        cashier: ("קופאי", "יעל בן־דוד"),
        order: ("מספר הזמנה", "T1-3LK2QZ-S0001a"),
        total: ("סך הכול", "ILS 1,234.50"),
        note: "נא לשמור את הקבלה להחזר כספי בתוך 14 יום (Alipay+). שָׁלוֹם וּבְרָכָה.",
        thanks: "תודה ולהתראות!",
    },
    Speech {
        script: "thai",
        shop: "ร้านกาแฟต้นไม้ใหญ่",
        address: "99/1 ถนนสุขุมวิท แขวงคลองเตยเหนือ เขตวัฒนา กรุงเทพมหานคร 10110",
        cashier: ("พนักงานเก็บเงิน", "สมหญิง น้ำใจดี"),
        order: ("เลขที่คำสั่งซื้อ", "T1-3LK2QZ-S0001a"),
        total: ("รวมทั้งสิ้น", "THB 1,234.50"),
        note: "กรุณาเก็บใบเสร็จนี้ไว้เพื่อขอคืนเงินภายในสามสิบวันนับจากวันที่ซื้อสินค้า ที่ปู่ซื้อน้ำผึ้งนี้ให้",
        thanks: "ขอบคุณที่ใช้บริการ",
    },
    Speech {
        script: "devanagari",
        shop: "श्री कृष्ण मिष्ठान्न भण्डार",
        address: "१२, महात्मा गाँधी मार्ग, नई दिल्ली ११०००१",
        cashier: ("खजांची", "लक्ष्मी त्रिपाठी"),
        order: ("ऑर्डर संख्या", "T1-3LK2QZ-S0001a"),
        total: ("कुल राशि", "INR 1,234.50"),
        note: "कृपया धनवापसी के लिए यह रसीद तीस दिनों तक सुरक्षित रखें। क्षत्रिय ज्ञान र्‍य हिन्दी मराठी संस्कृत।",
        thanks: "पुनः पधारें, धन्यवाद!",
    },
    Speech {
        script: "simplified",
        shop: "示范商店（南京西路店）",
        address: "上海市静安区南京西路 100 号恒隆广场地下一层 B102 室",
        cashier: ("收银员", "李娜"),
        order: ("商户订单号", "T1-3LK2QZ-S0001a"),
        total: ("合计", "CNY 88.00"),
        note: "请保留小票以便退款。退款须在三十日内办理，逾期不候；微信支付、支付宝与银联均可原路退回。",
        thanks: "感谢惠顾，欢迎再次光临！",
    },
    Speech {
        script: "traditional",
        shop: "臺灣鐵觀音茶館",
        address: "臺北市大安區忠孝東路四段 216 巷 27 弄 16 號 1 樓",
        cashier: ("收銀員", "陳怡君"),
        order: ("訂單編號", "T1-3LK2QZ-S0001a"),
        total: ("總計", "TWD 1,234"),
        note: "請保留收據以便退款。統一發票將於七日內開立，逾期請洽客服專線。ㄅㄆㄇㄈ",
        thanks: "謝謝光臨，歡迎再度蒞臨！",
    },
    Speech {
        script: "japanese",
        shop: "喫茶 ひだまり商店",
        address: "東京都渋谷区道玄坂二丁目 10 番 12 号 新大宗ビル 3 階",
        cashier: ("担当者", "佐藤 さくら"),
        order: ("注文番号", "T1-3LK2QZ-S0001a"),
        total: ("合計（税込）", "JPY 12,345"),
        note: "返金の際は、このレシートをお持ちください。ﾊﾝｶｸｶﾅ、ヴァイオリン、つづき々、「かぎ括弧」。直骨角与。",
        thanks: "ありがとうございました。",
    },
    Speech {
        script: "korean",
        shop: "햇살 커피집",
        address: "서울특별시 강남구 테헤란로 152 강남파이낸스센터 지하 1층",
        cashier: ("담당자", "김민지"),
        order: ("주문 번호", "T1-3LK2QZ-S0001a"),
        total: ("합계", "KRW 1,234,500"),
        // The last word in single jamo, as some phones type it.
        note: "환불을 위해 이 영수증을 보관해 주세요. 구매일로부터 30일 이내에 가능합니다. \u{1112}\u{1161}\u{11ab}\u{1100}\u{1173}\u{11af}",
        thanks: "이용해 주셔서 감사합니다!",
    },
    Speech {
        script: "mixed",
        shop: "Demo 示范 เดโม डेमो دمو דמו",
        address: "Straße 5 · 서울 · 東京 · Αθήνα · Москва · กรุงเทพฯ · दिल्ली · القاهرة · ירושלים",
        cashier: ("Cashier 收银员 พนักงาน", "Zoë 李娜 محمد"),
        order: ("Order 订单号 رقم الطلب", "T1-3LK2QZ-S0001a"),
        total: ("Total 合计", "USD 1,234.50"),
        note: "The shop مقهى النخيل (Riyadh) and קפה הדקל took 3 × USD 4.50; emoji 😀 and ሰላም are boxes.",
        thanks: "Thanks 谢谢 ありがとう 감사합니다 ขอบคุณ شكرًا תודה धन्यवाद",
    },
];

impl Speech {
    fn receipt(&self) -> Document {
        document(vec![
            text(self.shop, Align::Centre, Style::Large),
            text(self.address, Align::Centre, Style::Plain),
            Line::Rule,
            pair(self.cashier.0, self.cashier.1, Style::Plain),
            pair("Time", "2026-11-20 14:02:05 +08:00", Style::Plain),
            pair(self.order.0, self.order.1, Style::Plain),
            pair(self.total.0, self.total.1, Style::Large),
            pair(self.total.0, "9,999,999,999.99", Style::Bold),
            Line::Rule,
            text(self.note, Align::Left, Style::Plain),
            text(self.thanks, Align::Centre, Style::Bold),
        ])
    }
}

fn profile((width_dots, columns): (u16, u16)) -> Profile {
    Profile { width_dots, columns, ..Profile::generic() }
}

/// What a printer makes of a job, which it must understand and have room for.
pub(super) fn printed(bytes: &[u8], rom: Rom, width_dots: u16) -> Picture {
    let Developed { mut papers, unknown_commands, overruns, .. } =
        develop_for(rom, bytes, &typeface(), width_dots);
    assert!(unknown_commands.is_empty(), "{unknown_commands:?}");
    assert_eq!((papers.len(), overruns), (1, 0));
    papers.remove(0).picture
}

fn is_black(grey: u8) -> bool {
    grey < 128
}

fn one_bit_png(picture: &Picture) -> Vec<u8> {
    let (mut file, row_bytes) = (Vec::new(), picture.width.div_ceil(8) as usize);
    let mut bits = vec![0xff_u8; row_bytes * picture.height as usize];
    for (index, _) in picture.pixels.iter().enumerate().filter(|(_, grey)| is_black(**grey)) {
        let (x, y) = (index % picture.width as usize, index / picture.width as usize);
        bits[y * row_bytes + x / 8] &= !(0x80 >> (x % 8));
    }
    let mut encoder = png::Encoder::new(&mut file, picture.width, picture.height);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    encoder.set_compression(png::Compression::High);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&bits).unwrap();
    writer.finish().unwrap();
    file
}

/// Whether the picture is the one that a person saw; `UPDATE_GOLDEN=1` takes it as seen.
pub(super) fn check(name: &str, picture: &Picture) -> Result<(), String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("printer/golden");
    let file = folder.join(format!("{name}.png"));
    let now = one_bit_png(picture);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&file, &now).unwrap();
        return Ok(());
    }
    let dots = |bytes: &[u8]| -> Option<(u32, Vec<u8>)> {
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().ok()?;
        let mut dots = vec![0; reader.output_buffer_size()?];
        let info = reader.next_frame(&mut dots).ok()?;
        Some((info.width, dots))
    };
    let golden = std::fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    if dots(&golden) == dots(&now) {
        return Ok(());
    }
    let seen = std::env::temp_dir().join(format!("golden-{name}.png"));
    std::fs::write(&seen, &now).unwrap();
    Err(format!("{} differs from {}", seen.display(), file.display()))
}

#[test]
fn receipts_in_twelve_scripts_look_right_on_three_papers() {
    let fonts = fonts();
    let mut wrong = Vec::new();
    for speech in &SPEECHES {
        for width in WIDTHS {
            let encoded = encode_with(&speech.receipt(), &profile(width), &fonts, Drawer::Leave);
            let lacking: String = encoded.missing.iter().collect();
            let expected = if speech.script == "mixed" { "😀ሰላም" } else { "" };
            if lacking != expected {
                wrong.push(format!("{} lacks {lacking:?}", speech.script));
            }
            let picture = printed(&encoded.bytes, Rom::Simplified, width.0);
            wrong.extend(check(&format!("{}-{}", speech.script, width.0), &picture).err());
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_long_receipt_with_the_longest_amounts_and_names_loses_nothing() {
    let fonts = fonts();
    let mut lines = vec![
        text(&"国际免税购物中心有限责任公司".repeat(4), Align::Centre, Style::Large),
        text(
            &"Donaudampfschifffahrtsgesellschaftskapitänsmützenfabrik".repeat(3),
            Align::Centre,
            Style::Bold,
        ),
        text(&"Very long merchant name ".repeat(6), Align::Centre, Style::Plain),
        Line::Rule,
    ];
    for (number, speech) in (1..).zip(SPEECHES.iter().cycle().take(48)) {
        let amount = format!("{}.{:02}", number * 37, number);
        lines.push(pair(&format!("{number} {}", speech.total.0), &amount, Style::Plain));
    }
    lines.extend([
        Line::Rule,
        pair("合计 Total", "IDR 92,233,720,368,547,758.07", Style::Large),
        pair("Zero-decimal 合計", "JPY 9,223,372,036,854,775,807", Style::Bold),
        pair("Zero-decimal", "KRW 9,223,372,036,854,775,807", Style::Plain),
        pair("رصيد", "BHD 9,223,372,036,854,775.807", Style::Large),
        pair(&"退款 ".repeat(40), "-CNY 0.01", Style::Plain),
        Line::Space,
        Line::Barcode("T1-3LK2QZ-S0001a".to_owned()),
    ]);
    let long = document(lines);
    let mut wrong = Vec::new();
    for width in WIDTHS {
        let encoded = encode_with(&long, &profile(width), &fonts, Drawer::Leave);
        assert!(encoded.missing.is_empty());
        wrong.extend(
            check(&format!("long-{}", width.0), &printed(&encoded.bytes, Rom::Simplified, width.0)).err(),
        );
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_whole_receipt_can_be_drawn_with_codes_and_logo() {
    let fonts = fonts();
    let mut logo = Bitmap::new(160, 60);
    (0..60).for_each(|y| logo.fill(80 - y, y, 2 * y + 1, 1));
    let receipt = SPEECHES[7].receipt();
    let code = Line::Barcode("T1-3LK2QZ-S0001a".to_owned());
    let mut parts = vec![Part::Picture(&logo)];
    parts.extend(receipt.lines.iter().map(Part::Line));
    parts.extend([Part::Qr("https://receipts.example.com/r/T1-3LK2QZ-S0001a"), Part::Line(&code)]);
    let mut wrong = Vec::new();
    for width in WIDTHS {
        let whole = Profile { raster: Raster::Whole, ..profile(width) };
        let encoded = encode_parts(&parts, &whole, &fonts, Drawer::Leave);
        wrong.extend(
            check(&format!("whole-{}", width.0), &printed(&encoded.bytes, Rom::Simplified, width.0)).err(),
        );
        let native = Profile { width_dots: width.0, columns: width.1, ..Profile::demo() };
        let encoded = encode_parts(&parts, &native, &fonts, Drawer::Leave);
        wrong.extend(
            check(&format!("native-{}", width.0), &printed(&encoded.bytes, Rom::Simplified, width.0)).err(),
        );
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn each_market_s_printer_prints_its_own_script_as_text() {
    let cases = [
        (Profile::big5(), Rom::Traditional, "traditional", "陳怡君"),
        (Profile::korean(), Rom::Korean, "korean", "김민지"),
        (Profile::shift_jis(), Rom::Japanese, "japanese", "佐藤 さくら"),
        (Profile::epson_tm(), Rom::Simplified, "latin", "Größe, façade, señor"),
    ];
    let mut wrong = Vec::new();
    for (profile, rom, script, name) in cases {
        let speech = SPEECHES.iter().find(|speech| speech.script == script).unwrap();
        let mut receipt = speech.receipt();
        receipt.lines.push(pair(name, "EUR 1.234,50", Style::Plain));
        let encoded = encode_with(&receipt, &profile, &fonts(), Drawer::Leave);
        let developed = develop_for(rom, &encoded.bytes, &typeface(), profile.width_dots);
        assert!(developed.papers[0].text.contains(name), "{}", developed.papers[0].text);
        wrong
            .extend(check(&format!("rom-{script}"), &printed(&encoded.bytes, rom, profile.width_dots)).err());
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
