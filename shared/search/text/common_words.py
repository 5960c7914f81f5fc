"""The most frequent words of languages: by them a text's language is told, and a query's words are known as common.

English has its list in `shared.kit.terms`. The languages of OTHERS have no stemmer: they stand here so that no relative
of theirs is taken for them.
"""

WORDS = {
    "ca": """
        el la els les un una uns unes de del dels i o però que amb per als pel pels en no és són va han hem
        aquest aquesta aquests molt més com quan on també ser seva seu ja tot tots fer entre sobre després nostre""",
    "cs": """
        a i že se na je to v s z do pro jako ale by jsem jsou jsme nebo který která které při také podle až už od po
        za ve své jeho jejich byl byla bylo bude jen tak ještě může když než tento co kde není""",
    "da": """
        og i at det er en den til af på for med der de som et ikke har jeg var han vi kan om men også så efter
        mig dig noget nogen meget være blev hvad fra ved skal vil bliver eller når hvor deres vores fordi""",
    "de": """
        der die das und ist in zu den mit von für auf ein eine einer eines einen nicht sich des dem im auch als es
        an werden wird aus er hat dass sie nach bei um am sind noch wie einem über so zum zur war haben nur oder
        aber vor bis mehr durch man wir ich ihr ihre kann unser unsere diese dieser wenn was sehr""",
    "el": """
        και το να του η της με που την από για είναι τα στο ο οι στην των σε δεν τον τη ένα μια θα στη ως αυτό
        αλλά οι τις τους ή έχει στα αυτή όπως πολύ μας""",
    "en": "",
    "eo": """
        la kaj de en estas al ne por kun ke mi vi li ĝi ni ili tio kiu kiuj kiel sed aŭ pli ĉi tiu ankaŭ el sur ĉu se
        jam nur tre estis povas""",
    "es": """
        de la que el en y a los del se las por un para con no una su al lo como más pero sus le ya o este sí porque
        esta entre cuando muy sin sobre también me hasta hay donde quien desde todo nos durante todos uno les ni
        contra otros ese eso es son fue ha nuestro nuestra está""",
    "et": """
        ja on ei et ta see oli ka kui aga ma mis oma või seda siis nii selle kes ning ole välja veel mille nagu
        üks juba me pärast kuid olid üle tema need eest""",
    "eu": """
        eta da ez bat du dira zen izan hau hori ere baina egin den dute duen beste gure batean baino dago
        bere edo zuen horrek nire""",
    "fi": """
        ja on ei se että oli hän mutta kun myös joka niin kuin ovat olla mitä tai minä sen hänen voi ole ollut
        jos nyt vain sekä ne mukaan sitä tämä jo meidän kanssa sitten kaikki heille heidän miten olen olemme mutta
        teidän minun meillä siitä onko ovatko sekä koska paljon hyvin""",
    "fr": """
        de la le et les des en un du une que est pour qui dans a par plus pas au sur ne se ce il sont avec son
        aux d l qu s n c cette ou mais comme ses nous vous tout leur bien être été sans fait aussi elle deux ces
        notre nos votre très même je j on à où""",
    "ga": """
        an na agus ar is bhí sé go i le ní atá sin a do ag seo tá siad sí nach bhfuil mé ach faoi chun gur bheith
        mar ó leis nuair dó""",
    "hu": """
        a az és hogy nem is egy ez van de meg ha csak már még azt mint vagy volt ezt el fel lehet kell minden
        aki ami ki sem lesz nagyon után között szerint vannak""",
    "id": """
        yang dan di ini itu dengan untuk tidak dari dalam akan pada juga ke karena saya adalah ada kami bisa mereka
        oleh sudah atau kita seperti lebih tersebut dapat telah sebagai anda para""",
    "it": """
        di e il la che è per un in una sono non con del si da le della al più dei come ma lo alla anche gli nel
        se ha i delle questo dal mi ci o ho era essere questa degli nella molto stato quando tutti loro suo sua
        nostro nostra perché dell all nell""",
    "lt": """
        ir yra kad į iš su tai kaip bet ne buvo jis jo už apie savo per po ar tik dar jau labai taip ji mes gali
        nuo arba kai šis pagal jų prie""",
    "nl": """
        de het een van en in is dat op te zijn voor met die niet aan er om ook als dan maar bij nog uit door over
        ze zich hij naar heeft hebben wordt worden deze dit ik je we wij meer kan geen was tot of onze wel werd""",
    "no": """
        og i det er på en til som av for med at har ikke de den jeg et var vi om fra men han så kan også ble etter
        meg deg noe noen mye være hva ved skal vil blir eller når hvor sin du bare""",
    "pl": """
        i w na z się do nie to że jest o jak po co ale za od przez są dla oraz który która które tak już jego tym
        być był była było może jej ich tylko czy tego także przy przed jako lub""",
    "pt": """
        de a o que e do da em um para com não uma os no se na por mais as dos como mas ao ele das à seu sua ou
        quando muito nos já eu também só pelo pela até isso ela entre depois sem mesmo aos são ser está nossa
        nosso foi você tem""",
    "ro": """
        de și în a la cu care nu pe o din este sunt mai pentru că un să se ce ca fi au al dar lui după fost este
        prin sau când sa foarte cea cel ale unei noi această acest""",
    "sr": """
        i je u na da se su za od sa ne to kao koji koja koje iz o što ali bi nije ili sam biti samo već po
        и је у на да се су за од са не то као који која које из о што али би није или сам бити само већ""",
    "st": """
        ho le ke ya ka ha hore tsa ba wa mme sa o bo tse e re empa eo bona hae feela teng""",
    "sv": """
        och i att det som en på är av för med till den har de inte om ett han men var jag sig från vi så kan
        när år under också efter eller nu sin där vid mot ska skulle kommer ut blir hon detta vad mig dig någon""",
    "tr": """
        ve bir bu da de için ile çok ne gibi daha o olarak en olan kadar ama var sonra değil her ben ya mi mı
        şey diye olduğu göre bunu yok""",
    "ru": """
        и в не на что с по как это он но из у к за от так же для все его только или бы мы о ее был да было
        вы уже если при еще них может быть после чем также нет были их наш""",
    "hi": """
        के है में की और को से का एक हैं पर यह ने नहीं लिए भी कि इस कर या हो तो जो था थे गया करने साथ अपने""",
    "ne": """
        छ र को मा हो लागि यो पनि छन् भने गर्न एक गरेको भएको थियो तर हुन् ले लाई""",
    "ar": """
        في من على أن إلى التي عن مع هذا هذه الذي ما لا كان كل بعد بين ذلك أو كما قد لم هو هي""",
    "fa": """
        و در به از که این را با است برای آن یک خود تا کرد بر هم نیز شد می‌شود شده ما او هر اما است‌که های می""",
    "hy": "և է են որ մեջ այս մի համար էր չի այդ նա իր ու էին կամ պետք է բայց",
    "ta": "மற்றும் ஒரு இந்த என்று அது இது என உள்ள அவர் இல்லை ஆனால் போன்ற",
    "yi": "און די פון איז צו אין אַ דער וואס נישט האט מיט אויף מען זיך דאס",
}
OTHERS = {
    "sk": """
        a je sa na to že v s z do pre ako ale by som sú sme alebo ktorý ktorá ktoré pri tiež podľa už od po za vo
        svoje jeho ich bol bola bolo bude len tak ešte môže keď než tento čo kde nie""",
    "sl": "in je na da se so za ki v tudi z s ne ali kot bi po od pri iz še sta bil bila lahko več tem zelo med",
    "lv": "un ir ar no uz ka par tas arī kā bet vai pēc tika nav kas viņš to lai līdz jau mēs ļoti savu",
    "vi": "và của là có không được cho trong một những các với người này đã khi đến ra cũng như để về từ",
    "sq": "dhe të në një për me që është nga së e ka janë nuk si më i u por kjo ky",
    "is": "og að er í á sem það við um hann ekki var en til hefur með fyrir af eru ég vera þetta",
    "uk": "і в не на що з до як це та але від за у для є про його після вже її ми або бути якщо ви який",
    "bg": "и на в да се не за с от са по че е като си но към беше има това или към през ще бъде който",
    "he": "של על את לא הוא זה עם היא כי אני גם כל או יש אם היה",
}
