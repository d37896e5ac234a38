"""Texts that no service is asked: what the first stage must leave to the whole model.

The kinds are the same for training and for judging; the languages and the seed are not.
"""

import random
import string
from collections.abc import Callable

# A few frequent words each, of which sentences are drawn.
TRAINING_LANGUAGES = (
    "der die das und ich nicht mein Konto bitte wo ist warum kann heute morgen Wetter Karte bezahlen Rechnung Bahnhof "
    "möchte haben Geld schnell Straße Hund schlafen wir sie immer noch etwas gestern gekauft",
    "el la los que por para mi cuenta quiero saber dónde está tarjeta ayer dinero cuánto cuesta el tiempo hoy por favor "
    "necesito ayuda perro comer siempre nunca ventana cielo azul hermano trabajo",
    "le la les je ne pas mon compte voudrais savoir où est la carte hier argent combien coûte temps aujourd'hui s'il vous "
    "plaît besoin aide chien manger toujours jamais fenêtre ciel bleu frère travail chaque",
    "il lo gli che per mio conto vorrei sapere dov'è carta ieri soldi quanto costa tempo oggi per favore ho bisogno aiuto "
    "cane mangiare sempre mai finestra cielo azzurro fratello lavoro domani però anche",
    "ja nie jest moje konto chcę wiedzieć gdzie karta wczoraj pieniądze ile kosztuje pogoda dzisiaj proszę potrzebuję "
    "pomoc pies jeść zawsze nigdy okno niebo niebieskie brat praca jutro także wszystko",
    "ben bir bu değil hesabım istiyorum nerede kart dün para kaç hava bugün lütfen yardım köpek yemek her zaman asla "
    "pencere gökyüzü mavi kardeş iş yarın ama çok güzel şimdi neden nasıl",
    "ik de het een niet mijn rekening wil weten waar kaart gisteren geld hoeveel kost weer vandaag alstublieft hulp nodig "
    "hond eten altijd nooit raam hemel blauw broer werk morgen maar ook heel mooi",
    "eu nu este contul meu vreau să știu unde cardul ieri bani cât costă vremea astăzi vă rog ajutor câine mâncare "
    "întotdeauna niciodată fereastră cer albastru frate muncă mâine foarte frumos acum",
    "я не мой счёт хочу знать где карта вчера деньги сколько стоит погода сегодня пожалуйста нужна помощь собака есть "
    "всегда никогда окно небо синее брат работа завтра очень красиво сейчас почему как",
    "εγώ δεν είναι λογαριασμός μου θέλω ξέρω πού κάρτα χθες χρήματα πόσο κοστίζει καιρός σήμερα παρακαλώ βοήθεια σκύλος "
    "τρώω πάντα ποτέ παράθυρο ουρανός μπλε αδελφός δουλειά αύριο πολύ ωραίο τώρα γιατί",
    "أنا لا حسابي أريد أعرف أين بطاقة أمس مال كم يكلف طقس اليوم من فضلك مساعدة كلب أكل دائما أبدا نافذة سماء أزرق أخ عمل غدا "
    "جدا جميل الآن لماذا كيف",
    "私 は 口座 を 知り たい です どこ カード 昨日 お金 いくら 天気 今日 ください 助け 犬 食べる いつも 窓 空 青い 兄 仕事 明日 とても 美しい 今 なぜ",
    "我 不 账户 想 知道 哪里 卡 昨天 钱 多少 天气 今天 请 帮助 狗 吃 总是 从不 窗户 天空 蓝色 兄弟 工作 明天 非常 漂亮 现在 为什么 怎么",
)
JUDGED_LANGUAGES = (
    "eu não é minha conta quero saber onde está cartão ontem dinheiro quanto custa o tempo hoje por favor preciso ajuda "
    "cachorro comer sempre nunca janela céu azul irmão trabalho amanhã muito bonito agora",
    "jag inte är mitt konto vill veta var kortet igår pengar hur mycket kostar vädret idag snälla hjälp hund äta alltid "
    "aldrig fönster himmel blå bror arbete imorgon mycket vacker nu varför",
    "minä en ole tilini haluan tietää missä kortti eilen rahaa paljonko maksaa sää tänään kiitos apua koira syödä aina ei "
    "koskaan ikkuna taivas sininen veli työ huomenna erittäin kaunis nyt miksi",
    "já ne je můj účet chci vědět kde karta včera peníze kolik stojí počasí dnes prosím potřebuji pomoc pes jíst vždy nikdy "
    "okno nebe modré bratr práce zítra velmi krásné teď proč",
    "én nem a számlám szeretném tudni hol van kártya tegnap pénz mennyibe kerül időjárás ma kérem segítség kutya enni "
    "mindig soha ablak ég kék testvér munka holnap nagyon szép most miért",
    "saya tidak rekening ingin tahu di mana kartu kemarin uang berapa harga cuaca hari ini tolong bantuan anjing makan "
    "selalu jendela langit biru saudara kerja besok sangat indah sekarang mengapa",
    "tôi không tài khoản muốn biết ở đâu thẻ hôm qua tiền bao nhiêu thời tiết hôm nay làm ơn giúp đỡ chó ăn luôn cửa sổ "
    "bầu trời xanh anh em công việc ngày mai rất đẹp bây giờ tại sao",
    "mimi si akaunti yangu nataka kujua wapi kadi jana pesa ngapi hali ya hewa leo tafadhali msaada mbwa kula daima kamwe "
    "dirisha anga bluu kaka kazi kesho nzuri sana sasa kwa nini",
    "אני לא החשבון שלי רוצה לדעת איפה כרטיס אתמול כסף כמה עולה מזג אוויר היום בבקשה עזרה כלב לאכול תמיד חלון שמיים כחול אח",
    "저는 아니 계좌 알고 싶어요 어디 카드 어제 돈 얼마 날씨 오늘 부탁 도움 개 먹다 항상 창문 하늘 파란 형제 일 내일 아주 지금 왜",
    "मैं नहीं मेरा खाता जानना चाहता कहाँ कार्ड कल पैसा कितना मौसम आज कृपया मदद कुत्ता खाना हमेशा खिड़की आकाश नीला भाई काम",
)
KEYBOARD_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
NAMES = ("x", "count", "result", "self.value", "tmp", "node", "buffer", "i", "index", "response", "user_id", "data", "args")
CALLS = ("print", "len", "map", "fetch", "malloc", "push_back", "open", "assert", "parse", "emit", "std::move", "console.log")
TRAINING_STATEMENTS = (
    "for (int {a} = 0; {a} < {n}; {a}++) {{ {c}({b}); }}", "def {a}({b}): return {c}({b}) + {n}", "{a} = {c}({b}, {n})",
    "if ({a} != {b}) {{ return {n}; }}", "SELECT {a} FROM {b} WHERE {a} > {n};", "<div class=\"{a}\">{n}</div>",
    "import {a}.{b}", "{{\"{a}\": {n}, \"{b}\": null}}", "sudo {c} --{a} {n} | grep {b}", "let {a} = {c}({b})?;",
    "while {a} < {n} do {b} := {b} + 1 end", "{a} => {b}.map(({a}) => {a} * {n})", "#include <{a}.h>", "[{a}] {b}={n}",
    "public static void {a}(String {b})", "git {a} -m {b} --{c}", "{c}({a}[{n}], &{b})", "@{a} {b}: {n}px;",
)
JUDGED_STATEMENTS = (
    "fn {a}({b}: &str) -> usize {{ {n} }}", "{a} = [{c}(x) for x in {b} if x > {n}]", "UPDATE {a} SET {b} = {n};",
    "switch ({a}) {{ case {n}: {c}({b}); break; }}", "docker run -p {n}:80 {a}/{b}", "<{a} id='{n}'/>",
)


class StrangeTexts:
    """Draws strange texts: of a language, of letters, of the words of other queries out of order, and the like."""

    def __init__(
        self, languages: tuple[str, ...], statements: tuple[str, ...], pieces: list[str], words: list[str], seed: int
    ):
        self.random = random.Random(seed)
        self.languages = [language.split() for language in languages]
        self.statements = statements
        self.pieces = pieces
        self.words = words

    def draw(self, count: int) -> list[str]:
        """So many texts; languages, of which there are most, as often as three other kinds."""
        kinds = [
            self.sentence, self.sentence, self.sentence, self.letters, self.syllables, self.keys, self.word_pieces,
            self.numbers, self.code, self.salad,
        ]
        return [kinds[i % len(kinds)]() for i in range(count)]

    def join(self, word: Callable[[], str], greatest: int, least: int = 1) -> str:
        return " ".join(word() for _ in range(self.random.randint(least, greatest)))

    def sentence(self) -> str:
        language = self.random.choice(self.languages)
        return self.join(lambda: self.random.choice(language), 12, least=2)

    def letters(self) -> str:
        return self.join(lambda: "".join(self.random.choices(string.ascii_lowercase, k=self.random.randint(2, 12))), 6)

    def syllables(self) -> str:
        def word() -> str:
            parts = [
                self.random.choice("bcdfghjklmnprstvwz") + self.random.choice("aeiou") + self.random.choice(["", "n", "s", "r"])
                for _ in range(self.random.randint(1, 4))
            ]
            return "".join(parts)

        return self.join(word, 8)

    def keys(self) -> str:
        def word() -> str:
            row = self.random.choice(KEYBOARD_ROWS)
            if self.random.random() < 0.3:
                return self.random.choice(row) * self.random.randint(2, 8)
            return "".join(self.random.choices(row, k=self.random.randint(3, 14)))

        return self.join(word, 4)

    def word_pieces(self) -> str:
        return self.join(lambda: self.random.choice(self.pieces).removeprefix("##"), 10, least=3)

    def numbers(self) -> str:
        def word() -> str:
            digits = "".join(self.random.choices(string.digits, k=self.random.randint(1, 12)))
            return self.random.choice(["", "", "-", "+", "$", "#", "0x", "("]) + digits + self.random.choice(["", ".", ",", ")", "%"])

        return self.join(word, 8)

    def code(self) -> str:
        a, b = self.random.choice(NAMES), self.random.choice(NAMES)
        statement = self.random.choice(self.statements)
        return statement.format(a=a, b=b, c=self.random.choice(CALLS), n=self.random.randint(0, 999))

    def salad(self) -> str:
        return self.join(lambda: self.random.choice(self.words), 12, least=4)
