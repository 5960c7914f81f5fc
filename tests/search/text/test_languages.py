"""Languages: each that has a stemmer is told, by the first article of the Universal Declaration of Human Rights."""

import pytest

from shared.search.text.languages import is_common, language_of
from shared.search.text.stems import STEMMERS, stem

ARTICLES = {
    "ar": "يولد جميع الناس أحراراً متساوين في الكرامة والحقوق. وقد وهبوا عقلاً وضميراً وعليهم أن يعامل بعضهم بعضاً",
    "ca": "Tots els éssers humans neixen lliures i iguals en dignitat i en drets. Són dotats de raó i de consciència",
    "cs": "Všichni lidé rodí se svobodní a sobě rovní co do důstojnosti a práv. Jsou nadáni rozumem a svědomím",
    "da": "Alle mennesker er født frie og lige i værdighed og rettigheder. De er udstyret med fornuft og samvittighed",
    "de": "Alle Menschen sind frei und gleich an Würde und Rechten geboren. Sie sind mit Vernunft und Gewissen begabt",
    "el": "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα",
    "en": "All human beings are born free and equal in dignity and rights. They are endowed with reason and conscience",
    "eo": "Ĉiuj homoj estas denaske liberaj kaj egalaj laŭ digno kaj rajtoj. Ili posedas racion kaj konsciencon",
    "es": "Todos los seres humanos nacen libres e iguales en dignidad y derechos y, dotados como están de razón",
    "et": "Kõik inimesed sünnivad vabadena ja võrdsetena oma väärikuselt ja õigustelt. Neile on antud mõistus",
    "eu": "Gizon-emakume guztiak aske jaiotzen dira, duintasun eta eskubide berberak dituztela; eta ezaguera dute",
    "fa": "تمام افراد بشر آزاد به دنیا می‌آیند و از لحاظ حیثیت و حقوق با هم برابرند. همه دارای عقل هستند",
    "fi": "Kaikki ihmiset syntyvät vapaina ja tasavertaisina arvoltaan ja oikeuksiltaan. Heille on annettu järki",
    "fr": "Tous les êtres humains naissent libres et égaux en dignité et en droits. Ils sont doués de raison",
    "ga": "Saolaítear na daoine uile saor agus comhionann ina ndínit agus ina gcearta. Tá bua an réasúin acu",
    "hi": "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है",
    "hu": "Minden emberi lény szabadon születik és egyenlő méltósága és joga van. Az emberek, ésszel bírván",
    "hy": "Բոլոր մարդիկ ծնվում են ազատ ու հավասար իրենց արժանապատվությամբ ու իրավունքներով",
    "id": "Semua orang dilahirkan merdeka dan mempunyai martabat dan hak-hak yang sama. Mereka dikaruniai akal",
    "it": "Tutti gli esseri umani nascono liberi ed eguali in dignità e diritti. Essi sono dotati di ragione",
    "lt": "Visi žmonės gimsta laisvi ir lygūs savo orumu ir teisėmis. Jiems suteiktas protas ir sąžinė ir jie turi",
    "ne": "सबै व्यक्तिहरू जन्मजात स्वतन्त्र हुन् ती सबैको समान अधिकार र महत्व छ। निजहरूमा विचार शक्ति भएको छ",
    "nl": "Alle mensen worden vrij en gelijk in waardigheid en rechten geboren. Zij zijn begiftigd met verstand",
    "no": "Alle mennesker er født frie og med samme menneskeverd og menneskerettigheter. De er utstyrt med fornuft av",
    "pl": "Wszyscy ludzie rodzą się wolni i równi pod względem swej godności i swych praw. Są oni obdarzeni rozumem",
    "pt": "Todos os seres humanos nascem livres e iguais em dignidade e em direitos. Dotados de razão e de consciência",
    "ro": "Toate ființele umane se nasc libere și egale în demnitate și în drepturi. Ele sunt înzestrate cu rațiune",
    "ru": "Все люди рождаются свободными и равными в своем достоинстве и правах. Они наделены разумом и совестью",
    "sr": "Сва људска бића рађају се слободна и једнака у достојанству и правима. Она су обдарена разумом",
    "st": "Batho bohle ba tswetswe ba lokolohile mme ba lekana ka botho le ditokelo. Ba na le monahano le letswalo",
    "sv": "Alla människor är födda fria och lika i värde och rättigheter. De är utrustade med förnuft och samvete",
    "ta": "மனிதப் பிறவியினர் சகலரும் சுதந்திரமாகவே பிறக்கின்றனர்; அவர்கள் மதிப்பிலும் உரிமைகளிலும் சமமானவர்கள்",
    "tr": "Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar. Akıl ve vicdana sahiptirler",
    "yi": "יעדער מענטש ווערט געבוירן פֿרײַ און גלײַך אין כּבֿוד און רעכט. יעדער ווערט באַשאָנקן מיט פֿאַרשטאַנד",
}
LETTERS = {
    "da": "Hej Jens, jeg vil gerne høre, om I stadig leder efter en leverandør af softwaren.",
    "de": "Guten Tag Frau Becker, gerne senden wir Ihnen unser Angebot für die neue Anlage.",
    "en": "Hi Ann, we would love to show you how our tool helps schools find tutors.",
    "es": "Hola Marta, te escribo porque nuestra herramienta ayuda a las empresas pequeñas.",
    "fi": "Hei Matti, haluaisin kertoa, miten palvelumme auttaa pieniä yrityksiä ja kouluja.",
    "fr": "Bonjour Claire, je vous écris car notre outil aide les petites entreprises.",
    "it": "Ciao Marco, ti scrivo perché il nostro strumento aiuta le piccole imprese.",
    "nl": "Beste Jan, ik schrijf je omdat onze software kleine bedrijven helpt met de administratie.",
    "no": "Hei Kari, jeg vil gjerne høre om dere fortsatt ser etter en leverandør, og hva dere trenger.",
    "pl": "Dzień dobry, piszę, ponieważ nasze narzędzie pomaga małym firmom w sprzedaży.",
    "pt": "Olá João, escrevo porque a nossa ferramenta ajuda as pequenas empresas.",
    "sv": "Hej Anna, jag undrar om ni fortfarande letar efter en leverantör till skolan.",
    "tr": "Merhaba Ayşe, küçük işletmelere yardımcı olan aracımız için size yazıyorum.",
}
WITHOUT = {
    "bg": "Всички хора се раждат свободни и равни по достойнство и права. Те са надарени с разум и съвест",
    "he": "כל בני האדם נולדו בני חורין ושווים בערכם ובזכויותיהם. כולם חוננו בתבונה ובמצפון, לפיכך הם",
    "is": "Hver maður er borinn frjáls og jafn öðrum að virðingu og réttindum. Menn eru gæddir vitsmunum og samvizku",
    "lv": "Visi cilvēki piedzimst brīvi un vienlīdzīgi savā pašcieņā un tiesībās. Viņi ir apveltīti ar saprātu",
    "ja": "すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。",
    "ko": "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다.",
    "sk": "Všetci ľudia sa rodia slobodní a sebe rovní, čo sa týka ich dôstojnosti a práv. Sú obdarení rozumom",
    "sl": "Vsi ljudje se rodijo svobodni in imajo enako dostojanstvo in enake pravice. Obdarjeni so z razumom",
    "th": "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ",
    "uk": "Всі люди народжуються вільними і рівними у своїй гідності та правах. Вони наділені розумом і совістю",
    "vi": "Tất cả mọi người sinh ra đều được tự do và bình đẳng về nhân phẩm và quyền. Mọi con người đều được tạo hoá",
    "zh": "人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心，并应以兄弟关系的精神相对待。",
    "a name": "José Núñez",
    "a firm": "Acme Lights",
    "initials": "C. D. L'A.",
    "nothing": "",
}
# Two forms of a word in each language.
FORMS = {
    "ar": ("كتاب", "الكتاب"),
    "ca": ("empresa", "empreses"),
    "cs": ("škola", "školy"),
    "da": ("skole", "skolerne"),
    "de": ("Haus", "Häuser"),
    "el": ("σχολείο", "σχολεία"),
    "en": ("school", "schools"),
    "eo": ("lernejo", "lernejojn"),
    "es": ("canción", "canciones"),
    "et": ("maja", "majad"),
    "eu": ("etxe", "etxeak"),
    "fa": ("کتاب", "کتاب‌ها"),
    "fi": ("talo", "talossa"),
    "fr": ("entreprise", "entreprises"),
    "ga": ("comhlacht", "chomhlacht"),
    "hi": ("किताब", "किताबें"),
    "hu": ("ház", "házak"),
    "hy": ("դպրոց", "դպրոցում"),
    "id": ("makan", "makanan"),
    "it": ("azienda", "aziende"),
    "lt": ("mokykla", "mokyklos"),
    "ne": ("किताब", "किताबहरू"),
    "nl": ("school", "scholen"),
    "no": ("skole", "skolene"),
    "pl": ("szkoła", "szkoły"),
    "pt": ("informação", "informações"),
    "ro": ("companie", "companiei"),
    "ru": ("школа", "школе"),
    "sr": ("škola", "škole"),
    "st": ("motho", "batho"),
    "sv": ("skola", "skolor"),
    "ta": ("புத்தகம்", "புத்தகங்கள்"),
    "tr": ("okul", "okullar"),
    "yi": ("שול", "שולן"),
}


@pytest.mark.parametrize("code", ARTICLES)
def test_the_language_of_a_sentence_is_told(code: str) -> None:
    assert language_of(ARTICLES[code]) == code


@pytest.mark.parametrize("code", LETTERS)
def test_the_language_of_a_letter_is_told(code: str) -> None:
    assert language_of(LETTERS[code]) == code


@pytest.mark.parametrize("name", WITHOUT)
def test_a_text_in_no_language_that_has_stems_is_given_none(name: str) -> None:
    assert language_of(WITHOUT[name]) == ""


def test_all_stemmers_are_tried() -> None:
    assert ARTICLES.keys() == FORMS.keys() == STEMMERS.keys()


@pytest.mark.parametrize("code", FORMS)
def test_two_forms_of_a_word_have_one_stem(code: str) -> None:
    first, second = FORMS[code]
    assert stem(first, code) == stem(second, code)


@pytest.mark.parametrize(("word", "code"), [("informacoes", "pt"), ("canciones", "es"), ("Hauser", "de")])
def test_a_word_without_its_accents_has_the_stem_of_the_word_with_them(word: str, code: str) -> None:
    assert stem(word, code) == stem(FORMS[code][0], code)


@pytest.mark.parametrize(("word", "code"), [("schools", "ru"), ("schools", "fa"), ("schools", ""), ("школе", "de")])
def test_a_word_in_another_script_than_its_text_has_a_stem_of_that_script(word: str, code: str) -> None:
    assert stem(word, code) in (stem("school", "en"), stem("школа", "ru"))


@pytest.mark.parametrize("word", ["ann@acme.io", "v1.2", "c++", "4711", "b2b", "acme.io"])
def test_what_is_no_word_of_a_language_is_its_own_stem(word: str) -> None:
    assert all(stem(word, code) == word for code in STEMMERS)


def test_common_words_are_known_by_language() -> None:
    assert is_common("the")
    assert is_common("uber", "de")
    assert not is_common("school")
    assert not is_common("the", "de")


def test_the_middle_of_a_long_text_counts_too() -> None:
    assert language_of("4711 Acme\n" * 400 + LETTERS["de"] * 10 + "\n4711 Acme" * 400) == "de"
