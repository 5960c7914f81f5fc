"""The names of months and weekdays as mails have them, and the pattern of a date in words or figures."""

from shared.kit.phrases import any_of

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january januar jänner janvier enero gennaio janeiro januari jan stycznia ledna tammikuuta января ocak",
            "february februar feber février fevrier febrero febbraio fevereiro februari "
            "feb fév fev febr lutego února helmikuuta февраля şubat",
            "march märz maerz mars marzo março marco maart mar mär mrz mrt marca marts března maaliskuuta марта mart",
            "april avril abril aprile apr avr abr kwietnia dubna huhtikuuta апреля nisan",
            "may mai mayo maggio maio mei mag maja maj května toukokuuta мая mayıs",
            "june juni juin junio giugno junho jun giu czerwca června kesäkuuta июня haziran",
            "july juli juillet julio luglio julho jul juil lug lipca července heinäkuuta июля temmuz",
            "august août aout agosto augustus aug ago sierpnia augusti srpna elokuuta августа ağustos",
            "september septembre septiembre settembre setembro sept sep set września září syyskuuta сентября eylül",
            "october oktober octobre octubre ottobre outubro oct okt ott out października října lokakuuta октября ekim",
            "november novembre noviembre novembro nov listopada listopadu marraskuuta ноября kasım",
            "december dezember décembre diciembre dicembre dezembro dec dez "
            "déc dic grudnia desember prosince joulukuuta декабря aralık",
        ),
        1,
    )
    for name in names.split()
}
WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "monday montag lundi lunes lunedì lunedi segunda maandag 月曜 "
            "周一 星期一 måndag mandag poniedziałek poniedziałku pondělí maanantai понедельник",
            "tuesday dienstag mardi martes martedì martedi terça dinsdag 火曜 "
            "周二 星期二 tisdag tirsdag wtorek wtorku úterý tiistai вторник",
            "wednesday mittwoch mercredi miércoles mercoledì mercoledi quarta woensdag 水曜 "
            "周三 星期三 onsdag środa środę środy středa keskiviikko среда среду",
            "thursday donnerstag jeudi jueves giovedì giovedi quinta donderdag "
            "木曜 周四 星期四 torsdag czwartek czwartku čtvrtek torstai четверг",
            "friday freitag vendredi viernes venerdì venerdi sexta vrijdag 金曜 "
            "周五 星期五 fredag piątek piątku pátek perjantai пятница пятницу",
            "saturday samstag samedi sábado sabato zaterdag 土曜 周六 "
            "星期六 lördag lørdag sobota sobotę lauantai суббота субботу",
            "sunday sonntag dimanche domingo domenica zondag 日曜 周日 "
            "星期日 söndag søndag niedziela niedzielę neděle sunnuntai воскресенье",
        )
    )
    for name in names.split()
}
_NAMES = "|".join(sorted(MONTHS, key=len, reverse=True))
_DAYS = "|".join(sorted(WEEKDAYS, key=len, reverse=True))
DATE = any_of(
    rf"""
    (?P<iso>(?P<y1>20\d\d)[-/.年] ?(?P<m1>\d{{1,2}})[-/.月] ?(?P<d1>\d{{1,2}})日?)
    (?P<d2>\d{{1,2}})(?:st|nd|rd|th|er|º|°|\.)? ?(?:of |de |d')?(?P<m2>{_NAMES})\b\.?,?(?: (?:de )?(?P<y2>20\d\d))?
    \b(?P<m3>{_NAMES})\.? (?:the )?(?P<d3>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? ?(?P<y3>20\d\d))?
    (?P<a>\d{{1,2}})(?P<sep>[./-]) ?(?P<b>\d{{1,2}})(?:[./-] ?(?P<y4>20\d\d|\d\d)\b)?
    (?P<m5>\d{{1,2}})月 ?(?P<d5>\d{{1,2}})日
    \b(?P<weekday>{_DAYS})
    (?P<tomorrow>\btomorrow\b|\bmorgen\b|\bdemain\b|\bmañana\b|\bdomani\b|\bamanhã\b|明日|明天)
    """
)
