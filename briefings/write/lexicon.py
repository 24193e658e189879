"""Word lists of the extractive writer: names, abbreviations, stop words, outlets; data, no rules."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _lines(text: str) -> frozenset[str]:
    return frozenset(part.strip() for part in text.replace("\n", " ").split("|") if part.strip())


# Given names, by which people are told from companies.
GIVEN = _words(
    """
    Aaron Adam Adrian Aidan Alan Albert Alex Alexander Alexandr Alexandria Alexis Alice Alison Allison Amanda
    Amy Andrea Andrej Andrew Andy Angela Ann Anna Anne Anthony Antonio Arthur Arvind Ashley Barack Barbara
    Barret Ben Benjamin Bernard Bernie Beth Bill Bob Boris Brad Brandon Brett Brian Bruce Bryan Carl Carlos
    Carol Caroline Catherine Charles Charlie Chris Christian Christina Christine Christopher Chuck Claire Cory
    Craig Cynthia Dan Daniel Dario Dave David Dean Deborah Demis Dennis Derek Devin Diana Diane Don Donald Doug
    Douglas Ed Eddie Edward Elaine Elizabeth Ellen Elon Emily Emma Emmanuel Eric Erin Ethan Evan Fei-Fei Frank
    Franklin Fred Gary Geoffrey George Gerald Glenn Gordon Grace Greg Gregory Hannah Harold Harry Heather Helen
    Henry Hillary Howard Huma Ian Ilya Jack Jacob Jair Jakub James Jamie Jan Jane Janet Jared Jason Jay Jean
    Jeff Jeffrey Jennifer Jensen Jeremy Jerry Jessica Jill Jim Jimmy Joan Joe Joel John Jon Jonathan Jordan Jose
    Joseph Josh Joshua Juan Judith Julia Julian Julie Justin Kamala Karen Kate Katherine Kathy Katie Keir Keith
    Kelly Ken Kenneth Kevin Kim Kirsten Kurt Kyle Larry Laura Lauren Lawrence Lee Leo Lina Linda Lindsey Lisa
    Liz Louis Lucy Luis Luke Marc Marco Marcus Margaret Margrethe Maria Marie Mark Marsha Martha Martin Mary
    Matt Matthew Max Megan Melania Melissa Meredith Michael Michelle Mick Miguel Mike Mira Mitch Mohammed Monica
    Muhammad Mustafa Nancy Narendra Nathan Neil Nicholas Nick Nicole Noah Noam Oliver Pamela Patricia Patrick
    Paul Pete Peter Phil Philip Rachel Ralph Rand Randall Ray Raymond Rebecca Reed Richard Rick Rishi Rob Robert
    Roger Ron Ronald Roy Russell Ruth Ryan Sally Sam Samantha Samuel Sandra Sara Sarah Satya Scott Sean Sergey
    Seth Sharon Shawn Sheryl Simon Sonia Stephanie Stephen Steve Steven Sundar Susan Suzanne Ted Teresa Terry
    Theresa Thomas Tim Timothy Tina Todd Tom Tony Tucker Tyler Vanessa Victor Victoria Vincent Vladimir Walter
    Wayne Wendy Will William Xi Yann Zachary Zoe
    """
)

# Capitalised in running text without naming anything a question could be about.
NOT_NAMES = _words(
    """
    AI AM API APIs African CPU CPUs Commenters GPU GPUs HTTP JSON LLM LLMs PDF RAG Recent SDK UI URL UX American
    Americans Apr April Asian Aug August Australian Brazilian British CEO CFO COO CTO
    Canadian Chinese Christian Co Corp Dec December Democrat Democratic Dr Dutch EDT EST ET English European Feb
    February French Friday GMT GOP Gen German Gov I I'd I'll I'm I've Inc Indian Internet Iranian Israeli
    Italian Jan January Japanese Jewish Jr Jul July Jun June Korean LLC Ltd Mar March May Mexican Monday Mr Mrs
    Ms Muslim No Nov November OK Oct October PDT PM PST PT Palestinian Rep Republican Russian Saturday Saudi Sen
    Sep Sept September Spanish Sr Sunday TV Thursday Tuesday U.S US UTC Ukrainian Web Wednesday
    """
)

# Last words of names that are never a person's.
NOT_SURNAMES = _words(
    """
    Act Administration Agency Association Avenue Award Bank Beach Bill Center City Code Commission Committee
    Company Congress Corp Council County Court Department Foundation Fund Games Group Hopkins House Inc
    Institute Journal Labs Magazine Media News Office Party Post Project Report Research Reserve Senate Service
    Services Street Technologies Times Union University Week
    """
)

# Words that begin a sentence or headline before a name.
STARTERS = _words(
    """
    Are Can Could Did Do Does East How If Is New North Read See South That This West What When Where Who Why
    Will Would
    """
)

# Known to every reader by surname.
FAMOUS = _words(
    """
    Altman Bezos Biden Clinton Cook Gates Macron Merkel Musk Nadella Obama Pichai Putin Sanders Snowden Trump
    Warren Zuckerberg
    """
)

# Abbreviations that never end a sentence: they belong to the word that follows.
BEFORE_A_NAME = _words(
    """
    adm approx atty capt cf cmdr col det dr e.g eq fig ft gen gov hon i.e lt lt.gov maj messrs mr mrs ms mt pres
    prof rep reps rev sen sens sgt st supt v viz vs
    """
)

# Abbreviations that may also end a sentence; then an ordinary sentence opener must follow.
MAY_END = _words(
    """
    a.m al ala apr ariz ark aug ave b.a blvd bros calif co colo conn corp d.c dec del dept e.u est etc feb fla
    fri ga ill inc ind jan jr jul jun kan ky l.a la llc ltd m.a m.d mar mass md mich minn miss mo mon mont n.c
    n.d n.h n.j n.m n.y neb nev nov oct okla ore p.m pa ph.d plc r.i rd s.c s.d sat sep sept sr sun tenn tex thu
    thurs tue tues u.k u.n u.s u.s.a va vt w.va wash wed wis wyo yahoo
    """
)

# Ordinary first words of a sentence.
OPENERS = _words(
    """
    a according after also although an and another as at because before both but by despite during earlier even
    for from he her here his how however i if in it its just last many meanwhile more most next no not now of on
    one only or other others our over several she since so some still such that the their then there these they
    this those though three to two under we what when where while who why with yet you
    """
)

# Where things happen, not who does them: asked after, they would take the stage for the play.
PLACES = _lines(
    """
    Alabama | Alaska | Arizona | Arkansas | Atlanta | Austin | Beijing | Berlin | Boston | California | Chicago |
    Cleveland | Colorado | Connecticut | Dallas | Delaware | Denver | Detroit | Dublin | Florida | Georgia | Hawaii |
    Houston | Idaho | Illinois | Indiana | Iowa | Kansas | Kentucky | London | Los Angeles | Louisiana | Maine |
    Manhattan | Maryland | Massachusetts | Miami | Michigan | Minneapolis | Minnesota | Mississippi | Missouri |
    Montana | Montreal | Munich | Nebraska | Nevada | New Hampshire | New Jersey | New Mexico | New York |
    New York City | North Carolina | North Dakota | Ohio | Oklahoma | Oregon | Palo Alto | Paris | Pennsylvania |
    Philadelphia | Pittsburgh | Portland | Rhode Island | San Francisco | Seattle | Seoul | Shanghai | Shenzhen |
    Silicon Valley | Singapore | South Carolina | South Dakota | Tennessee | Texas | Tokyo | Toronto | Utah |
    Vermont | Virginia | West Virginia | Wisconsin | Wyoming | Zurich
    """
)

# Names of groups: they take a plural verb.
PLURALS = _words(
    """
    Activists Conservatives Critics Democrats Dems Employees Experts Feds Hackers Lawmakers Liberals Officials
    Police Prosecutors Regulators Republicans Researchers Scientists Senators States Users Workers
    """
)

# Nouns that hang in the air behind "the" whatever the story is about.
ACTORS = _words(
    """
    agency announcement comment comments companies company congressman couple decision duo executive firm first
    former giant group last latter lawmaker man men message move news next official officials organisation
    organization other others pair post president reason remark remarks rest result same second senator
    spokesman spokeswoman startup statement suspect suspects third three trio tweet two woman women
    """
)

# Nouns too general to be asked about.
NOT_TOPICS = _words(
    """
    afternoon agency agreement article billion blog case code comments committee companies company country
    data-driven day days decision department details didn doesn end example fact firm first following former
    future government group groups hearing heart idea information internet interview isn issue kind latter level
    line lot man matter media men middle million model_card month months morning move name news night number
    official officials other others paper part past people percent person place platform point president problem
    public question reason report reports rest result results same second section set side site social spokesman
    spokeswoman state statement states stories story team term terms thing things time times today top use user
    users wasn way ways web week weeks whole woman women work world year years
    """
)

# Nouns that name an event together with a name: "the Equifax settlement".
EVENT_NOUNS = _words(
    """
    acquisition ads agreement app attack ban beating benchmark bill boycott breach censorship charges
    cyberattack deal decision expansion factory fine fires funding hack hacking hearing investigation investment
    launch lawsuit lawsuits layoffs leak license memo merger order outage partnership phone plan policy pricing probe
    probes program programs release report restrictions rollout round rule rules ruling scandal settlement shooting
    spacewalk spinoff stake strike study tariffs testimony trial tweet tweets update video vote
    """
)

# Outlets report: a question about what they say would take the messenger for the news.
PRESS = _lines(
    """
    ABC News | AP | Associated Press | Axios | BBC | Bloomberg | Breitbart | Breitbart News | BuzzFeed |
    BuzzFeed News | CBS | CBS News | CNBC | CNN | Daily Beast | Fox News | Guardian | Journal | NBC | NBC News |
    NPR | New York Times | Observer | Politico | Post | Recode | Reuters | TechCrunch | Times | USA TODAY | USA
    Today | Verge | Vox | WIRED | Wall Street Journal | Washington Post | Wired
    """
)

# Needs no "What is ...?".
WELL_KNOWN = _lines(
    """
    Amazon | America | Apple | Britain | California | China | Congress | Europe | Facebook | Francisco | Google
    | House | Instagram | Internet | Meta | Microsoft | Netflix | New | New York | New York Times | OpenAI |
    Post | Reuters | Russia | San | San Francisco | Security | Senate | Silicon | Silicon Valley | Social |
    Social Security | States | Texas | Twitter | United | United States | Valley | Washington | Washington Post
    | White | White House | York | YouTube
    """
)

# Verbs whose object a reader asks for: "What did X <verb>?" is a natural question by itself.
ASKABLE = _words(
    """
    acquire add admit announce approve argue ban block build buy claim conceal create criticize cut decide
    defend delete deliver demand deny develop disclose discover find introduce investigate launch offer order
    pay post promise propose publish recall recommend reject release remove report require restrict reveal sell sign
    suspend target test uncover unveil update urge
    """
)

# Verbs that tell who did something, though "What did X <verb>?" would sound odd: then it is "What did X do?".
TELLING = _words(
    """
    accuse apologize attack back bar blame bring call challenge charge close condemn debut discriminate dismiss
    drop endorse expand exploit face file fine fire get give hack hire join label leave lift limit lose make
    move open partner pass plan praise press probe pull push roll secure seek settle ship show slam sue take tap
    tweak warn win
    """
)

# Verbs by which the main clause of a sentence is read; wider than what a question may take over.
SENTENCE_VERBS = (
    ASKABLE
    | TELLING
    | _words(
        """
        accept account act address affect agree aim allow amount answer appear apply approach arrive ask avoid base
        beat become
        begin belong break carry cause change choose climb close collect combine come compare complain compete
        concede conclude confirm consider consist contain continue contribute control cost count cover criticise
        decline defeat demand depend describe design destroy differ direct distribute divide double draw drive drop earn
        employ enable encourage end estimate exceed exclude exist expect explain express fail fall fear feature focus
        follow force found fund gain generate grow guarantee handle happen have hear help hit hold host hurt
        go ignore improve include increase inform intend invest involve invite jump keep know lack last lead learn leave
        let lie list live look loosen maintain manage mark matter mean measure meet monitor need note number obtain
        occur oppose outline outperform own perform permit place play point possess post prepare present prevent
        produce prohibit protect prove provide qualify question quote reach receive record reduce refer refuse regard
        rely remain replace reply reply represent respond rest result retain retire return reverse review rise risk
        roll rule run save say score see seem send serve share shrink sink slide slip soar solve spend split spread
        stand start state stay steal stop store strengthen struggle suffer supply support surge surpass switch tell
        think trade train trigger triple try turn understand use value vary violate vote wait want warn weigh welcome
        work worry write comply crack object renew face push sign limit specify govern outline lack combine
        reduce rank define reflect detail clarify
        hide retain store search wield resemble harvest resign sweep react dip rally counter justify
        """
    )
)

IRREGULAR_PLURALS = _words("authorities children data men people police women weights")

# Common words even where a story writes them at the start of a sentence alone.
COMMON_PLURALS = _words(
    """
    analysts banks businesses buyers cities companies consumers countries critics customers developers doctors drivers
    employees engineers experts fines governments hospitals investors lawmakers makers officials owners parents patients
    players prices providers publishers regulators researchers residents retailers rivals sales schools scientists
    sellers shareholders shares staff states stocks students subscribers suppliers teachers users viewers voters workers
    """
)

# What a subject that stands for itself does not hold: openers, pronouns, clauses inside it.
NO_SUBJECT = _words(
    """
    in on at by after before when while if because since although though as during despite under that which
    who whose where what how why it its they their he his she her this these those you we our there but or nor
    not said says is are was were be been has have had will would could can may also once until another both
    each such using including according instead rather than to
    """
)

# What is done to somebody: answers "What happened to X?".
HAPPENINGS = _words(
    """
    accuse arrest attack ban block charge close compromise convict cut delay delete destroy dismiss
    expose fine fire hack harm hit indict kill leak postpone pull remove replace restore sell steal stop
    suspend target withdraw
    """
)

# What somebody does in answer to another: "Who criticised X?".
REACTIONS = _words(
    """
    accuse back condemn criticise criticize defend oppose praise question reject sue support welcome
    """
)

# Verbs of a state, after which "What will X do next?" is not answered.
STILL = _words(
    """
    control cost get know like live look need pay reach receive remain see show stay use want
    """
)

# How a figure moves.
MOVES = _words(
    """
    rise fall dip climb rally drop gain jump slip grow shrink sink slide surge increase soar
    """
)

# Verbs after which "What does X ...?" asks for their object.
STATES = _words(
    """
    require include exclude cover contain mean show offer allow cost need want fear expect support supply ban
    forbid own control measure collect promise propose claim warn prohibit protect change add accept affect
    threaten discuss dismiss condemn blame detect attack challenge question oppose cite describe highlight
    leak share win lose seek hire record expose test replace prevent enable handle serve provide produce
    generate restrict target limit specify hide face violate receive retain store address consider resemble
    exploit harvest praise pass dispute abandon govern outline lack avoid combine reduce improve rank list
    define reflect detail
    """
)

# What somebody who "did not" kept back.
KEPT_BACK = _words(
    """
    publish disclose say confirm include cover explain name reveal know address release give provide show
    answer
    """
)

# What makes a thing: "Who wrote X?".
WROTE = _words(
    """
    write build create found lead sign own develop design acquire buy present launch fund train pay run supply
    file
    """
)
