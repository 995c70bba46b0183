"""Training posts: names and sentences of which none occurs in the demonstration, and how posts are drawn from them.

In a sentence {X} and {Y} are names that could be anything; only the picture tells (a person, a pet or a thing, a place, a
club or firm). {P} {Q} are persons, {L} {M} places, {O} {R} organisations, {E} {F} everything else, told by the words.
After a bar stand relations as head, tail, name; a pair in brackets is a pair without a relation.

SPDX-License-Identifier: Apache-2.0
"""

AMBIGUOUS = """
{X} is everything today
{X} is all I need this week
so proud of {X} right now
{X} never gets old
still thinking about {X}
can not get enough of {X}
nothing beats {X} in the morning
{X} in one picture
my heart belongs to {X}
{X} , what a beauty !
wow , {X} , just wow
missing {X} so much today
back with {X} at last
one more hour with {X} , please
best part of my week : {X}
{X} made my day
ok but look at {X}
look at {X} shine
everybody say hi to {X}
hello again {X}
good morning from me and {X}
forever grateful for {X}
who else loves {X} ?
raise your hand if you love {X}
{X} appreciation post
daily dose of {X}
{X} > everything else
{X} vs the world
say what you want about {X} , I am a fan
I will always defend {X}
they tried to tell me {X} was overrated
{X} deserves better
do not sleep on {X}
{X} did it again
{X} just keeps getting better
{X} looks even better in real life
{X} at its finest , no filter
{X} on a good day
tell me something nicer than {X}
is there anything better than {X} ?
I had no idea {X} could look like this
first time seeing {X} and I am in love
finally met {X} today !
waited ten years for {X}
three years of {X} , time flies
ten years ago I found {X}
one year with {X} and counting
{X} forever
{X} 4 life
team {X} all the way
counting the days until {X}
tomorrow : {X}
this weekend it is all about {X}
a quiet afternoon with {X}
lazy sunday with {X}
no monday is bad with {X}
friday mood : {X}
mood = {X}
current obsession : {X}
guilty pleasure : {X}
if you need me I am with {X}
all smiles because of {X}
crying because of {X}
{X} broke my heart again
{X} let us down today
never giving up on {X}
you can take me away from {X} but not {X} out of me
born for {X}
raised on {X}
grew up with {X} , no regrets
my kids are crazy about {X}
mum sent me a photo of {X}
dad will not stop talking about {X}
the whole family loves {X}
grandma has a picture of {X} on the wall
my new wallpaper : {X}
photo of the day : {X}
caught {X} in perfect light
took this shot of {X} yesterday
rare photo of {X}
{X} before the storm
{X} after the rain
{X} , early this morning
{X} , one hour ago
{X} last night , unreal
{X} last summer , take me back
take me back to {X}
throwback to {X} , those were the days
remember {X} ?
nobody remembers {X} but I do
whatever happened to {X} ?
rest easy {X}
we will miss you {X}
thank you {X}
thanks for the memories {X}
sorry {X} , I owe you one
happy anniversary {X} !
cheers to {X}
big day for {X}
huge week ahead for {X}
new chapter for {X}
{X} is back !
guess who is back ? {X} !
breaking : {X} is trending
why is {X} trending ?
{X} number one again
{X} wins the internet today
vote {X} !
{X} for president
ten out of ten for {X}
five stars for {X}
I rate {X} very highly
unpopular opinion : {X} is not that great
hot take : {X} is the best there is
honest review of {X} : love it
nothing to see here , just {X}
just {X} being {X}
only {X} could do this
no words for {X}
{X} . that is the tweet .
{X} speaks for itself
{X} needs no introduction
introducing {X}
meet {X}
welcome {X} !
new here : {X}
you all asked for more {X} so here it is
more {X} on my page
part two of my {X} series
tag somebody who would love {X}
retweet if you miss {X}
like for {X}
drop a heart for {X}
a little love for {X} please
{X} could use some love today
my therapist : {X} is not real . {X} :
things I love : coffee , rain , {X}
reasons to smile today : {X}
today I learned about {X}
I drew {X} from memory
painted {X} for my sister
made a poster of {X}
got a tattoo of {X} , no joke
wearing my {X} shirt again
bought the {X} calendar
a postcard of {X} for you
saw {X} on tv last night
reading about {X} all evening
dreamed of {X} again
woke up thinking of {X}
stuck in traffic but thinking of {X}
work is boring , here is {X}
bored at work so here is {X}
exam tomorrow but {X} comes first
{X} was worth the wait
{X} is worth every penny
small but mighty : {X}
old but gold : {X}
pure gold {X}
living legend {X}
the one and only {X}
the great {X}
oh {X} , never change
dear {X} , I love you
love you {X}
I choose {X}
{X} or nothing
always {X}
yes , it is {X} again
wait for {X}
long live {X}
god bless {X}
give me {X} any day
wish I had {X} here
far from {X} tonight
so close to {X} and yet so far
on my way to see {X}
went to see {X} with the whole class
my friend @user showed me {X}
shot by @user : {X}
photo by @user , {X} in the sun
{X} under a blue sky
{X} in black and white would be nice too
{X} , soft light , no filter
{X} x summer
{X} season is here
{X} is so grumpy , breakfast time !
{X} looks gorgeous tonight
{X} is so pretty
{X} is such a sweetheart
bath time for {X}
{X} fell asleep on my arm
{X} says good night
{X} turned one today
happy birthday {X}
{X} , you are adorable
{X} is hungry again
{X} is the boss in this house
{X} wants attention
my sweet {X}
{X} is so tired , bed time
who is the prettiest ? {X} !
{X} looks so proud in this picture
{X} is not amused
{X} waiting for lunch
{X} smiling at me
nobody is as clever as {X}
{X} is so elegant , coffee time
{X} makes everybody jealous
{X} is a star
{X} is in a good mood
{X} won our hearts
{X} got all the applause
""".strip().split("\n")

# Two names of one kind: both are in the picture.
AMBIGUOUS_PAIRS = """
{X} and {Y} , what a pair
{X} and {Y} side by side
{X} or {Y} ? choose wisely
{X} meets {Y}
{X} next to {Y} , finally
left {X} , right {Y}
I can not decide between {X} and {Y}
{X} & {Y} together again
both {X} and {Y} made it into the final
the famous {X} and the less famous {Y}
no {X} without {Y}
from {X} to {Y} , love them both
""".strip().split("\n")

# The words tell the type of a name that could be anything; the picture may be of something else.
TOLD = {
    "PER": """
{X} said he is not sorry
{X} told me she quit her job
happy birthday to my brother {X}
my cousin {X} got married today
{X} wrote a book about her childhood
{X} just had her second baby
interview with actor {X}
singer {X} cancels her tour
{X} , 24 , scored twice last night
coach {X} is happy with his players
my teacher {X} was right all along
prayers for {X} and his mother
{X} says she will run again
RIP {X} , a wonderful father and husband
dinner with my girlfriend {X}
my roommate {X} can not cook
President {X} gave a speech tonight
Dr. {X} explains why we sleep
actress {X} on her new role
{X} turned 30 , she looks amazing
""",
    "LOC": """
flying to {X} tomorrow
stuck at {X} airport for hours
rain in {X} all week
moving to {X} next month
the streets of {X} at night
hotel tips for {X} ?
traffic jam north of {X}
greetings from {X}
a week in {X} is not enough
earthquake near {X} this morning
road trip from here to {X}
the mayor of {X} resigned
born in {X} , raised elsewhere
visiting my aunt in {X}
snow in {X} today
train to {X} is late again
sunset over {X}
the old town of {X} is lovely
people of {X} , stay safe
we drove through {X} at night
""",
    "ORG": """
{X} signs new striker from abroad
{X} beat the champions 3 - 1
{X} reports record profits
jobs at {X} : apply now
{X} shares fall after the announcement
the {X} board met today
{X} fires its chief executive
{X} lost 0 - 2 at home
new contract with {X} until 2024
{X} fans outside the stadium
{X} recalls thousands of cars
employees of {X} go on strike
the merger with {X} is off
{X} opens its first store here
{X} hires 200 engineers
the {X} goalkeeper is injured
transfer news : {X} want a defender
{X} announced a new phone
customer service of {X} is a joke
{X} were relegated last year
""",
    "MISC": """
my cat {X} sleeps all day
our dog {X} ate my shoes
{X} is the new kitten in our house
adopted this puppy , his name is {X}
walking my dog {X} in the rain
the vet says {X} will be fine , good boy
read chapter one of {X} last night
watching season two of {X}
{X} the movie was too long
my horse {X} won the race
playing {X} on my console all day
the new {X} album is out
feeding {X} the parrot
{X} , our rabbit , escaped again
test drive of the new {X} with 300 hp
{X} , a novel in three parts
the {X} festival was sold out
listening to the song {X} on repeat
{X} the hamster is one year old
our boat {X} needs new paint
""",
}

# The words tell all types and relations.
RELATED = """
{P} joins {O} on a free transfer | P O /per/org/member_of
{P} of {O} speaks at the conference | P O /per/org/member_of
{O} striker {P} is out for six weeks | P O /per/org/member_of
welcome to {O} , {P} ! | P O /per/org/member_of
{P} leaves {O} after nine years | P O /per/org/member_of
{P} scored twice for {O} against {R} | P O /per/org/member_of ; (P R) ; (O R)
{P} signed with {O} until 2023 | P O /per/org/member_of
{P} and {Q} talk about their new film | P Q /per/per/peer
{P} and {Q} on stage together tonight | P Q /per/per/peer
{P} with {Q} after the match | P Q /per/per/peer
great photo of {P} with {Q} | P Q /per/per/peer
{P} interviews {Q} | P Q /per/per/peer
{P} congratulates {Q} on the win | P Q /per/per/peer
{P} and his wife {Q} at the gala | P Q /per/per/couple
{P} and {Q} are getting married ! | P Q /per/per/couple
{P} kisses her husband {Q} | P Q /per/per/couple
wedding photos of {P} and {Q} | P Q /per/per/couple
{P} with her little son {Q} | P Q /per/per/parent
{P} and his daughter {Q} at the beach | P Q /per/per/parent
{P} and her sister {Q} look so alike | P Q /per/per/siblings
brothers {P} and {Q} in the same team | P Q /per/per/siblings
{P} lives next door to {Q} | P Q /per/per/neighbor
{P} and {Q} went to the same school | P Q /per/per/alumi
{P} accuses {Q} of fraud | P Q /per/per/charges
{P} takes {Q} to court | P Q /per/per/charges
{P} , also known as {Q} | P Q /per/per/alternate_names
{P} ( real name {Q} ) is here | P Q /per/per/alternate_names
{P} lives in {L} now | P L /per/loc/place_of_residence
{P} has a flat in {L} | P L /per/loc/place_of_residence
{P} bought a house in {L} | P L /per/loc/place_of_residence
{P} , mayor of {L} , visits a school | P L /per/loc/place_of_residence
{P} was born in {L} in 1960 | P L /per/loc/place_of_birth
{P} , born in {L} , turns 50 | P L /per/loc/place_of_birth
{P} arrives in {L} for the shoot | (P L)
{P} performs in {L} next week | (P L)
{P} speaks at the {E} in {L} | P E /per/misc/present_in ; E L /misc/loc/held_on ; (P L)
{P} at the {E} last night | P E /per/misc/present_in
{P} stars in {E} | P E /per/misc/present_in
saw {P} at the {E} ! | P E /per/misc/present_in
{P} walks the red carpet at the {E} | P E /per/misc/present_in
{P} wins the {E} | P E /per/misc/awarded
congratulations to {P} on the {E} | P E /per/misc/awarded
{P} receives the {E} | P E /per/misc/awarded
{E} starts in {L} today | E L /misc/loc/held_on
see you at the {E} in {L} | E L /misc/loc/held_on
{L} hosts the {E} next year | E L /misc/loc/held_on
pictures from the {E} , {L} | E L /misc/loc/held_on
{O} opens an office in {L} | O L /org/loc/locate_at
{O} headquarters in {L} evacuated | O L /org/loc/locate_at
{O} closes its plant near {L} | O L /org/loc/locate_at
students of {O} in {L} protest | O L /org/loc/locate_at
{O} play in {L} tonight | (O L)
sunrise in {M} , {L} | L M /loc/loc/contain
my week in {M} , {L} | L M /loc/loc/contain
flood warning for {M} , {L} | L M /loc/loc/contain
old harbour of {M} in {L} | L M /loc/loc/contain
drove from {L} to {M} in one day | (L M)
{O} , a subsidiary of {R} , is for sale | O R /org/org/subsidiary
{R} buys {O} for two billion | O R /org/org/subsidiary
{O} is now part of {R} | O R /org/org/subsidiary
{O} ( formerly {R} ) has a new logo | O R /org/org/alternate_names
{O} vs {R} , kick off at eight | (O R)
{O} beat {R} on penalties | (O R)
{E} is the best part of the {F} | E F /misc/misc/part_of
{E} , final day of the {F} | E F /misc/misc/part_of
{E} or {F} , which one first ? | (E F)
{O} sponsors the {E} | (O E)
{O} at the {E} with a new car | (O E)
{O} presents the {E} | (O E)
{P} thanks {O} and flies home to {L} | P O /per/org/member_of ; P L /per/loc/place_of_residence ; (O L)
{P} plays the lead in {E} , {Q} directs | P E /per/misc/present_in ; P Q /per/per/peer ; Q E /per/misc/present_in
""".strip().split("\n")

# A name that could be anything beside one that the words tell; the first is decided by the picture.
MIXED = """
{P} sent me this photo : {X} | (P X)
{P} can not stop talking about {X} | (P X)
{X} , photographed by {P} | (P X)
{P} wrote a song about {X} | (P X)
{P} loves {X} | (P X)
the new {O} calendar has {X} on page one | (O X)
{O} uses {X} in its new advert | (O X)
thanks to {O} I know {X} | (O X)
{X} at the {E} | (X E)
my best memory of the {E} : {X} | (X E)
greetings from {L} , with a picture of {X} on the fridge | (L X)
everybody in {L} knows {X} | (L X)
even in {L} people ask for {X} | (L X)
""".strip().split("\n")

BEFORE = ["RT @{u} :", "RT @{u} :", "@{u}", "#{t}", "omg", "lol", "so ...", "ok", "📷", "NEW :", "hey @{u}", "well ,", "listen ,",
          "good news :", "ICYMI :", "tune in to @{u} :", "via @{u} :"]
AFTER = ["❤", "😍", "😂", "🔥 🔥", "🙌", "✨", "!", "! ! !", "...", "#{t}", "#{t} #{t}", "https://t.co/{c}", "http://t.co/{c}", "@{u}",
         "😭", "😊", "👏 👏", "x", "xx", ":)", "🙏", "pic by @{u}", "https://t.co/{c} #{t}", "w/ @{u}"]
USERS = ("dailyshot mia_92 radio_nine k_larsson thepost streetsnaps its_noor benj4 fan_corner oldpics newsdesk7 lu_cia hill_fm "
         "teeevee vanlife_x saysam matchday24 art_of_day curlyq").split()
TAGS = ("love mood photo sunday tbt nofilter blessed weekend goals news live fun wow friends now life best win music spring "
        "memories").split()

FIRST = ("Anna Bruno Carla Diego Elena Farid Greta Hassan Ingrid Jonas Katya Liam Mona Nadia Oscar Petra Quentin Rosa Stefan Tina "
         "Ulrich Vera Walter Ximena Yusuf Zoe Aisha Boris Celine Dmitri Emma Felix Gloria Henrik Irene Julian Kofi Laura Marek "
         "Noemi Olaf Priya Ralf Sofia Tariq Una Viktor Wanda Yara Zane Amir Bella Craig Dana Ethan Fiona Gareth Helen Ivan "
         "James Karen Lucas Maria Nora Owen Paula Rachel Simon Tracy").split()
LAST = ("Abbott Barros Castell Duarte Ekberg Farrow Grimaldi Haddad Iversen Jansen Kowalski Larsen Moreau Nakamura Ortega "
        "Petrov Quinn Rossi Schmidt Tanaka Underwood Vasquez Weber Yilmaz Zeller Andersen Brandt Chandra Dubois Eriksen Fischer "
        "Gomez Hughes Ibrahim Johansson Keller Lindgren Mbeki Novak Obrien Pereira Ramos Santos Thompson Varga Whitfield Yeboah "
        "Zimmer").split()
PLACES = ("London Berlin Madrid Rome Cairo Lima Oslo Delhi Beijing Seoul Chicago Boston Toronto Dublin Lagos Nairobi Prague "
          "Warsaw Athens Vienna Moscow Mumbai Karachi Jakarta Manila Hanoi Bangkok Sydney Auckland Denver Seattle Miami "
          "Glasgow Munich Geneva Lyon Porto Seville Naples Bologna Zagreb Sofia Ankara Tehran Baghdad Accra Dakar Tunis "
          "Texas Ohio Kansas Bavaria Sicily Ontario Scotland Wales France Spain Italy Poland Egypt India China Canada Brazil "
          "Kenya Norway").split() + ["New York", "Hong Kong", "Buenos Aires", "Cape Town", "San Diego", "New Delhi", "Costa Rica"]
COUNTRIES = "France Spain Italy Poland Egypt India China Canada Brazil Norway Texas Ohio Scotland Wales Bavaria Ontario".split()
FIRMS = ("Altavia Brentix Corvane Dynaflux Eversoft Fentrano Gridwell Hexatel Intravon Kestrel Lumina Megatron Nordbank Opticore "
         "Pentara Quantex Rivergate Solvane Tetrapoint Unifoods Vantra Westfield Xylotech Yardley Zentrum").split()
CLUBS = ["%s %s" % (a, b) for a, b in (pair.split("/") for pair in (
    "Harrow/United Milton/City Northgate/FC Redhill/Rovers Eastvale/Wanderers Stonebridge/Athletic Riverton/FC Kingsmoor/Town "
    "Oakfield/United Ashton/City Ironport/Hawks Bayview/Sharks Pinewood/Giants Lakeside/Eagles Summit/Wolves Granite/Bulls "
    "Metro/Stars Delta/Kings Harbor/Raiders Prairie/Lions").split())]
BODIES = ["University of Harrow", "Ministry of Health", "Red Valley Museum", "Northgate High School", "Riverton Police",
          "Central Bank", "Green Party", "Labour Union", "National Theatre", "City Council", "Radio Nine", "Channel 12"]
EVENTS = ["Spring Gala", "Autumn Fair", "World Expo", "Jazz Week", "Film Awards", "Nations Cup", "Summer League", "Book Prize",
          "Silver Mask", "Golden Reel", "Night Market", "Marathon Day", "Science Fair", "Carnival", "Grand Derby", "Peace Prize",
          "Iron Race", "Comedy Awards", "Winter Ball", "Rose Parade", "Tech Summit", "Open Cup", "Poetry Slam", "Opera Night",
          "Super Derby", "Coastal Rally", "Music Awards", "Design Week", "Street Fest", "Champions Trophy"]
WORKS = ["The Long Road", "Iron Valley", "Midnight Train", "Broken Mirrors", "The Last Garden", "Empire of Dust", "City of Glass",
         "Seven Rivers", "The Quiet House", "Starfall", "Paper Moon", "Wild Hearts"]

# Names that may be anything: given names that are towns, towns that are given names, words, nicknames.
ANYTHING = ("Austin Dallas Houston Madison Charlotte Sydney Florence Victoria Chelsea Brooklyn Savannah Carolina Dakota Cheyenne "
            "Kingston Milan Sienna Verona Adelaide Regina Lincoln Jackson Preston Clifton Hamilton Wellington Camden Lexington "
            "Trenton Denton Ashland Bristol Devon Essex Kent Lancaster York Avalon Arden Aspen Carson Dayton "
            "Denver Easton Geneva India Ireland Kenya Memphis Nevada Odessa Orlando Raleigh Rio Roman Salem "
            "Santiago Selma Sheridan Troy Vienna Winslow Amber Ruby Jade Pearl Onyx Amazon Oracle Puma Fox Wolf Falcon Eagle "
            "Panther Tiger Lion Mustang Bronco Maverick Ranger Rover Scout Shadow Storm Thunder Blaze Rocket Comet Orbit Saturn "
            "Apollo Atlas Titan Zeus Hera Athena Hermes Nike Ajax Argo Orion Vega Sirius Nova Stella Luna Sol Aurora Iris Flora "
            "Ivy Fern Willow Hazel Olive Basil Sage Ginger Pepper Cookie Oreo Mocha Brandy Whiskey Sherry Rum Daisy Poppy Lily "
            "Rosie Max Buddy Charlie Rocky Duke Bear Teddy Coco Lola Molly Bailey Toby Jack Oscar Leo Simba Nala Felix Tiger "
            "Smokey Misty Sandy Sunny Stormy Lucky Happy Bandit Gizmo Pixel Turbo Diesel Harley Mercedes Porsche Lexus Royce "
            "Bentley Aston Martin Morgan Ford Dodge Chevy Lincoln Tesla Edison Newton Kelvin Darwin Galileo Kepler Hubble Ripley "
            "Casper Jasper Jade Jett Juno Kai Kiki Koda Lulu Mimi Momo Nemo Nico Ozzy Pablo Pico Remy Rex Rio Romeo Roxy Rusty "
            "Samba Tango Rumba Salsa Tito Toto Yoyo Zara Ziggy Zola Zuma").split()
STARTS = "ba be bi bo bra cal car cel cor da del do dra el fa fen fer ga gal gri ha hel ja jor ka kel kor la len lor ma mel mir na nel no or pa pel per qua ra ren ros sa sel sor ta tel tor u va vel vin wa wen xa ya yor za zel zor".split()
MIDDLES = "ba bi da di do ga go la le li lo ma mi mo na ne ni no ra re ri ro sa si so ta te ti to va ve vi vo".split()
ENDS = "a an ar as en er ia in is ix o on or os ra ton us vi va ya".split()
ADJECTIVES = "Blue Red Golden Silver Little Big Old Wild Royal Sweet Lost Happy Crazy Northern Lucky Grand".split()
NOUNS = "River Harbour Moon Fox Bear Hill Star Rose Bay Lion Garden Bridge Rock Angel Queen Bird Valley Horse".split()


def invented(r):
    """A name that nobody has heard."""
    kind = r.random()
    if kind < 0.25:
        return r.choice(ADJECTIVES) + " " + r.choice(NOUNS)
    name = r.choice(STARTS) + (r.choice(MIDDLES) if kind < 0.8 else "") + r.choice(ENDS)
    return name.capitalize()


def anything(r):
    chance = r.random()
    name = r.choice(FIRST) if chance < 0.15 else r.choice(ANYTHING) if chance < 0.55 else invented(r)
    if r.random() < 0.06:
        return name.lower()
    return name.upper() if r.random() < 0.03 else name


def person(r):
    kind = r.random()
    first, last = r.choice(FIRST), r.choice(LAST)
    return first if kind < 0.25 else last if kind < 0.35 else first + " " + last


def organisation(r):
    return r.choice((FIRMS, CLUBS, BODIES)[r.randrange(3)])


def place(r):
    return r.choice(PLACES)


def country(r):
    return r.choice(COUNTRIES)


def town(r):
    return r.choice([name for name in PLACES if name not in COUNTRIES])


def event(r):
    return r.choice(EVENTS) if r.random() < 0.75 else r.choice(WORKS)


TOLD_BY = {"P": ("PER", person), "Q": ("PER", person), "L": ("LOC", place), "M": ("LOC", place), "O": ("ORG", organisation),
           "R": ("ORG", organisation), "E": ("MISC", event), "F": ("MISC", event)}


def all_names():
    """Every word of every name, for the check that the demonstration shares none."""
    lists = (FIRST, LAST, PLACES, FIRMS, CLUBS, EVENTS, WORKS, ANYTHING)
    return {name.lower() for names in lists for name in names}


def all_templates():
    told = [t for text in TOLD.values() for t in text.strip().split("\n")]
    related = [t.split(" | ")[0] for t in RELATED + MIXED]
    return AMBIGUOUS + AMBIGUOUS_PAIRS + told + related


def decorate(r, text):
    """What tweets have around a sentence."""
    def fill(part):
        for _ in range(part.count("{u}")):
            part = part.replace("{u}", r.choice(USERS), 1)
        for _ in range(part.count("{t}")):
            part = part.replace("{t}", r.choice(TAGS), 1)
        return part.replace("{c}", "".join(r.choice("abcdefghijkmnpqrstuvwxyzABCDEFGH0123456789") for _ in range(10)))
    if r.random() < 0.3:
        text = fill(r.choice(BEFORE)) + " " + text
    if r.random() < 0.55:
        text = text + " " + fill(r.choice(AFTER))
    return text


def realise(r, template, kinds):
    """Tokens and entities of a template; kinds maps X and Y to their type. Relations come as (head, tail, name) of ids."""
    text, _, related = template.partition(" | ")
    tokens, entities, ids, taken = [], [], {}, set()
    for word in decorate(r, text).split():
        if len(word) != 3 or word[0] != "{":
            tokens.append(word.capitalize() if not tokens and word.isalpha() and word.islower() and r.random() < 0.3 else word)
            continue
        slot = word[1]
        kind, source = TOLD_BY[slot] if slot in TOLD_BY else (kinds[slot], anything)
        if slot in "LM" and "L M /" in related:
            source = country if slot == "L" else town
        name = source(r)
        while name in taken:
            name = source(r)
        taken.add(name)
        if slot in ids:  # a name said twice is the same name
            name = " ".join(tokens[entities[ids[slot]]["start"]:entities[ids[slot]]["end"]])
        start = len(tokens)
        tokens += name.split()
        ids.setdefault(slot, len(entities))
        entities.append({"id": "e%d" % (len(entities) + 1), "start": start, "end": len(tokens), "type": kind, "source": "human",
                         "slot": slot})
    relations = []
    for part in filter(None, related.split(" ; ")):
        head, tail, *name = part.strip("()").split()
        relations.append((entities[ids[head]]["id"], entities[ids[tail]]["id"], name[0] if name else "None"))
    return tokens, entities, relations
