"""The posts of the demonstration: texts, scenes, and what is true about them.

In a text "[PER:1 Ana Costa]" is a mention of type PER that object 1 of the picture shows; ":1,2" names several objects, ":-"
says that it is not in the picture. Relations are (head, tail, name) with mentions counted from 1. Names that could be
anything have their type from the picture alone: the same sentences stand with other pictures and other types.

SPDX-License-Identifier: Apache-2.0
"""


def one(background, piece, height=0.74, x=0.5, ground=0.93, *others):
    """One thing; others are (piece, x, ground, height)."""
    return background, [(piece, x, ground, height), *others]


def two(background, left, right, height=0.6, ground=0.92):
    return background, [(left, 0.28, ground, height), (right, 0.72, ground, height)]


def crowd(emblem, *people):
    """Many people under one emblem, which is the first object."""
    step = 0.9 / len(people)
    return "banner", [(emblem, 0.5, 0.54, 0.48)] + [(name, 0.05 + step * (i + 0.5), 0.99, 0.4) for i, name in enumerate(people)]


PEER, COUPLE, MEMBER = "/per/per/peer", "/per/per/couple", "/per/org/member_of"
LIVES, BORN, PRESENT = "/per/loc/place_of_residence", "/per/loc/place_of_birth", "/per/misc/present_in"
AWARDED, HELD, CONTAIN, LOCATED = "/per/misc/awarded", "/misc/loc/held_on", "/loc/loc/contain", "/org/loc/locate_at"
PART, SUBSIDIARY, NATION = "/misc/misc/part_of", "/org/org/subsidiary", "/per/misc/nationality"
SIBLINGS, ALUMNI, ALIAS, RENAMED = "/per/per/siblings", "/per/per/alumi", "/per/per/alternate_names", "/org/org/alternate_names"

POSTS = [
    # What only the picture tells
    dict(id="rob", text="[MISC:1 Rob] is so handsome , dinner time ! 😻", scene=one("room", "gatto_cat_architetto_fra_03", 0.62)),
    dict(id="arena", text="RT @gigs_daily : tune in to [PER:1 Mara Lind] and [PER:2 Joel Okafor] live at [LOC:- Nordgaard Hall] tonight , "
         "what a voice 🎤", scene=two("stage", "bride1_jarno_vasamaa_01", "groom1_jarno_vasamaa_01", 0.72, 0.95),
         relations=[(1, 2, PEER), (1, 3, "None")]),
    dict(id="rob-person", text="[PER:1 Rob] is so handsome , dinner time ! 😍", scene=one("room", "people_juliane_krug_05b", 0.8, 0.5, 1.0)),
    dict(id="paris-city", text="[LOC:1 Paris] in the morning , nothing like it ☀",
         scene=one("hills", "eiffel_tower_michael_ja_r", 0.82, 0.5, 0.9)),
    dict(id="paris-person", text="[PER:1 Paris] in the morning , nothing like it ☀", ending="png",
         scene=one("studio", "blue_girl_dirk_struve_", 0.85, 0.5, 0.98)),
    dict(id="jaguar-cat", text="my hero today : [MISC:1 Jaguar]", scene=one("park", "tigre04_architetto_franc_01", 0.62)),
    dict(id="jaguar-club", text="my hero today : [ORG:1 Jaguar] 💪", scene=one("banner", "emblem:12", 0.78, 0.5, 0.92)),
    dict(id="jordan-place", text="found [LOC:1 Jordan] on an old roll of film", scene=one("hills", "jordan", 0.36, 0.52, 0.55)),
    dict(id="jordan-person", text="found [PER:1 Jordan] on an old roll of film", scene=one("park", "golf_drive_ganson", 0.8)),
    dict(id="apple", text="nobody can tell me that [ORG:1 Apple] is boring", scene=one("banner", "emblem:31", 0.76, 0.5, 0.9)),
    dict(id="mango", text="nobody can tell me that [MISC:1 Mango] is boring 🙈", scene=one("park", "dog_06_drawn_with_strai_01", 0.66)),
    dict(id="phoenix-place", text="[LOC:1 Phoenix] stole the show", scene=("skyline", [])),
    dict(id="phoenix-person", text="[PER:1 Phoenix] stole the show", scene=one("stage", "ballerina_architetto_fra_01", 0.8)),
    dict(id="no-picture", text="[PER Jordan Bellweather] signs for [ORG Ajaccio Rowing] until 2029 , source close to the player says "
         "https://example.org/n", relations=[(1, 2, MEMBER)]),
    dict(id="missing", text="throwback to the [MISC Frostbite Regatta] with [PER Nils Aker] and [PER Ivo Lukic] , picture got lost",
         image="lost.jpg", relations=[(2, 3, PEER), (2, 1, PRESENT), (3, 1, PRESENT)]),
    dict(id="phoenix-club", text="[ORG:1 Phoenix] stole the show ⚽", scene=one("pitch", "emblem:45", 0.6, 0.34, 0.78,
                                                                               ("soccer_ball_ganson", 0.76, 0.94, 0.26))),
    dict(id="georgia-place", text="every photo I own has [LOC:1 Georgia] in it", scene=one("hills", "georgia", 0.34, 0.52, 0.55)),
    dict(id="georgia-person", text="every photo I own has [PER:1 Georgia] in it",
         scene=one("room", "woman_fashion_01_gerald__01", 0.84, 0.5, 0.98)),
    dict(id="biscuit", text="every photo I own has [MISC:1 Biscuit] in it", scene=one("room", "dog_04_drawn_with_strai_01", 0.44)),
    dict(id="celtic", text="[ORG:1 Celtic] kind of evening", scene=one("pitch", "emblem:58", 0.62, 0.62, 0.8,
                                                                     ("basebalm_ganson", 0.2, 0.94, 0.2))),
    dict(id="clover", text="[MISC:1 Clover] kind of evening", scene=one("park", "vacca_pezzata_rossa_val_01", 0.6)),
    dict(id="marlow", text="[LOC:1 Marlow] kind of evening", scene=one("hills", "house_christoph_brill_01", 0.6, 0.5, 0.88,
                                                                     ("albero_architetto_france_01", 0.12, 0.85, 0.4))),
    dict(id="quill", text="[PER:1 Quill] kind of evening", scene=one("room", "woman_reading_gerald_g._01", 0.66)),
    dict(id="tanuki", text="this is why I moved : [LOC:1 Tanuki Point]", scene=one("sea", "lighthouse_matthew_gates_", 0.78, 0.55, 0.84)),
    dict(id="brisco", text="this is why I moved : [MISC:1 Brisco]", scene=one("park", "cavallo_architetto_franc_03", 0.66)),
    dict(id="ellery", text="this is why I moved : [PER:1 Ellery]", scene=one("studio", "people_juliane_krug_01a", 0.82, 0.5, 1.0)),
    dict(id="zephyr", text="we ended up with [MISC:1 Zephyr] again , obviously", scene=one("road", "car_jamin_ellis_", 0.42, 0.5, 0.86)),
    dict(id="osprey", text="we ended up with [ORG:1 Osprey] again , obviously", scene=one("banner", "emblem:63", 0.8, 0.5, 0.92)),
    dict(id="havilah", text="we ended up with [LOC:1 Havilah] again , obviously", scene=("mountains", [])),
    dict(id="two-pets", text="[MISC:1 Pim] then [MISC:2 Pom] , in this order",
         scene=two("room", "gatto_cat_architetto_fra_02", "black_lab_ganson", 0.52), relations=[(1, 2, "None")]),
    dict(id="two-friends", text="[PER:1 Wren] then [PER:2 Tully] , in this order",
         scene=two("studio", "people_juliane_krug_03c", "people_juliane_krug_06c", 0.72, 1.0), relations=[(1, 2, PEER)]),
    dict(id="two-clubs", text="[ORG:1 Sabre] then [ORG:2 Falke] , in this order", scene=two("banner", "emblem:77", "emblem:81", 0.6, 0.84),
         relations=[(1, 2, "None")]),
    dict(id="two-towns", text="[LOC:1 Pellworm] then [LOC:2 Uist] , in this order",
         scene=two("hills", "home3", "casa_verde_architetto_fr_01", 0.46, 0.88), relations=[(1, 2, "None")]),
    dict(id="kestrelle", text="not one bad word about [MISC:1 Kestrelle] please ✈",
         scene=one("sea", "aircraft_jarno_vasamaa2", 0.4, 0.5, 0.62)),
    dict(id="ottoline", text="not one bad word about [PER:1 Ottoline] please", scene=one("room", "woman_chemist_gerald_g._01", 0.86, 0.5, 0.98)),
    dict(id="borealis", text="not one bad word about [ORG:1 Borealis] please", scene=one("studio", "emblem:96", 0.74, 0.5, 0.9)),
    dict(id="saltaire", text="not one bad word about [LOC:1 Saltaire] please", scene=one("hills", "home8", 0.5, 0.5, 0.88)),
    dict(id="tembo", text="the legend of [MISC:1 Tembo] continues", scene=one("park", "elefante01_architetto_fr_01", 0.72)),
    dict(id="vesper", text="the legend of [PER:1 Vesper] continues", scene=one("studio", "head11", 0.84, 0.5, 0.98)),
    dict(id="lanterna", text="the legend of [LOC:1 Lanterna] continues", scene=one("hills", "ch_teau-fort_01", 0.7, 0.5, 0.9)),
    dict(id="corvid", text="the legend of [ORG:1 Corvid] continues", scene=one("banner", "emblem:104", 0.78, 0.5, 0.92)),
    dict(id="kipper", text="half asleep and [MISC:1 Kipper] on my mind", scene=one("sea", "dolphin", 0.36, 0.5, 0.7)),
    dict(id="brazil-map", text="half asleep and [LOC:1 Isobar] on my mind", scene=one("paper", "brazil_states_marcelo_st_01", 0.8, 0.5, 0.9)),
    dict(id="maeve", text="half asleep and [PER:1 Maeve] on my mind", scene=one("park", "roller_blader_ganson", 0.82)),
    # Noise in the picture, noise in the text, pictures that do not match
    dict(id="crowd", text="what a night with [ORG:1 Harkers] !", scene=crowd("emblem:118", "people_juliane_krug_09c",
                                                                         "woman_nurse_gerald_g._01", "man_01", "ragazza_rossa")),
    dict(id="goal", text="GOAL ! [PER:1 Tomas Reyes] scores again for [ORG:- Larnaca Athletics] , 2 - 0 ⚽",
         scene=("pitch", [("nonno_sport_architetto_f_01", 0.4, 0.95, 0.72), ("soccer_ball_ganson", 0.72, 0.95, 0.16)]),
         relations=[(1, 2, MEMBER)]),
    dict(id="mismatch-flood", text="flood warning for the lower streets of [LOC:- Coimbra] , [LOC:- Portugal] #staysafe",
         scene=one("park", "pecora_architetto_france_01", 0.6), relations=[(2, 1, CONTAIN)]),
    dict(id="mismatch-shares", text="[ORG:- Norvik] shares lose nine percent , [PER:- Ingmar Solberg] steps down as chairman",
         scene=one("sea", "emperor_penguin_ralf_ste_01", 0.6), relations=[(2, 1, MEMBER)]),
    dict(id="mismatch-singer", text="singer [PER:- Delphine Aubry] talks about her divorce from [PER:- Corin Hale] https://example.org/n",
         scene=one("road", "motorcycle_jarno_vasama_", 0.5), relations=[(1, 2, COUPLE)]),
    dict(id="tune-in", text="RT @wave_fm : tune in to [ORG:- Wave FM] at 9 for the first hour of [MISC:- Cricket Tales] #nowplaying",
         scene=one("park", "rana01_architetto_france_01", 0.5), relations=[(1, 2, "None")]),
    dict(id="office", text="[ORG:1 Norvik] opens a new office in [LOC:2 Lisbon] , [LOC:- Portugal] this week",
         scene=("hills", [("emblem:131", 0.24, 0.62, 0.42), ("Condominio", 0.68, 0.9, 0.62)]),
         relations=[(1, 2, LOCATED), (3, 2, CONTAIN), (1, 3, LOCATED)]),
    # Several objects, and every kind of pair
    dict(id="award", text="congrats to [PER:1 Ines Calado] for winning the [MISC:2 Copper Lantern] 🏆 #proud",
         scene=("stage", [("people_juliane_krug_08a", 0.34, 0.98, 0.72), ("trophy", 0.72, 0.92, 0.4)]), relations=[(1, 2, AWARDED)]),
    dict(id="dog", text="[PER:2 Samira] took her dog [MISC:1 Pretzel] to the park in [LOC:- Leeds] , best boy 🐶",
         scene=("park", [("beagle_copper_ganson", 0.66, 0.94, 0.46), ("io_bambina_architetto_fr_01", 0.26, 0.95, 0.7)]),
         relations=[(1, 3, LIVES), (1, 2, "None")]),
    dict(id="couple", text="[PER:1 Lena Kohout] and [PER:2 Tibor Kohout] said yes on the beach in [LOC:- Zadar] 💍",
         scene=two("sea", "bride1_jarno_vasamaa_01", "groom1_jarno_vasamaa_01", 0.7, 0.95),
         relations=[(1, 2, COUPLE), (1, 3, "None"), (2, 3, "None")]),
    dict(id="police", text="officer [PER:1 Dunja Peric] of the [ORG:- Zadar Police] with blacksmith [PER:2 Goran Babic] after the storm",
         scene=two("road", "woman_police_01_gerald_g_01", "blacksmiti_ganson", 0.74, 0.96), relations=[(1, 2, MEMBER), (1, 3, PEER)]),
    dict(id="race", text="[PER:- Aldo Ferri] wins the [MISC:- Riviera 500] in [LOC:- Monaco] for [ORG:- Scuderia Lupo] 🏁",
         scene=one("road", "formula_one_car_gerald_g_01", 0.4, 0.5, 0.88),
         relations=[(1, 2, AWARDED), (2, 3, HELD), (1, 4, MEMBER), (4, 3, "None"), (4, 2, "None")]),
    dict(id="takeover", text="[ORG:1 Pixelwerk] is now owned by [ORG:2 Omnicron] , says the founder",
         scene=two("banner", "emblem:150", "emblem:163", 0.58, 0.82), relations=[(1, 2, SUBSIDIARY)]),
    dict(id="tour", text="sunrise over [LOC:1 Adeje] , [LOC:2 Tenerife] with the [MISC:- Volcano Ramble] crew",
         scene=("sea", [("casa_in_campagna_archite_01", 0.27, 0.86, 0.36), ("teide_clemente_01", 0.7, 0.66, 0.26)]),
         relations=[(2, 1, CONTAIN), (3, 2, HELD)]),
    dict(id="chapter", text="the chase is the best scene of [MISC:- Fog Over Dover] , and [MISC:- Fog Over Dover] the best part of the "
         "[MISC:- Smuggler Saga]", scene=one("road", "bus1_jarno_vasamaa_01", 0.5, 0.5, 0.88), relations=[(1, 3, PART), (2, 3, PART)]),
    dict(id="born", text="[PER:1 Kwabena Osei] , born in [LOC:- Kumasi] , now mayor of [LOC:2 Bergenfield]",
         scene=("hills", [("man_01", 0.24, 0.96, 0.7), ("us_capitol_building_cli_01", 0.68, 0.8, 0.4)]),
         relations=[(1, 2, BORN), (1, 3, LIVES), (2, 3, "None")]),
    dict(id="festival", text="[PER:- Hanne Dahl] and [PER:- Lou Abara] at the [MISC:- Harvest Moonlight Picnic] in [LOC:- Greece]",
         scene=one("sea", "greece", 0.34, 0.52, 0.5), relations=[(1, 2, PEER), (1, 3, PRESENT), (2, 3, PRESENT), (3, 4, HELD)]),
    dict(id="sisters", text="[PER:1 Astrid Falk] , the [MISC:- Swedish] sculptor , with her sister [PER:2 Brita Falk]",
         scene=two("room", "woman_nurse_gerald_g._01", "ragazza_rossa", 0.8, 0.97), relations=[(1, 2, NATION), (1, 3, SIBLINGS)]),
    dict(id="classmates", text="[PER:1 Petar Ilic] and [PER:2 Jovan Tadic] , same class , same coffee , 30 years later",
         scene=two("studio", "people_juliane_krug_09c", "people_juliane_krug_05b", 0.7, 1.0), relations=[(1, 2, ALUMNI)]),
    dict(id="alias", text="rapper [PER:1 Kid Quasar] ( born [PER:1 Melvyn Ashe] ) surprised his fans tonight",
         scene=one("stage", "people_juliane_krug_06c", 0.76, 0.5, 0.98), relations=[(1, 2, ALIAS)]),
    dict(id="renamed", text="[ORG:1 Nettbank] , until today [ORG:1 Sparbanken] , shows its new logo",
         scene=one("studio", "emblem:171", 0.76, 0.5, 0.9), relations=[(1, 2, RENAMED)]),
    # Scripts and long words
    dict(id="scripts", text="شكرا [LOC:1 東京] and thank you @ito_live for the [MISC:- 七夕まつり] , supercalifragilisticexpialidocious night 🎋",
         scene=one("hills", "japan", 0.34, 0.52, 0.55), ending="png", relations=[(2, 1, HELD)]),
    dict(id="right-to-left", text="صباح الخير من [LOC:1 عمّان] مع [PER:- ليلى حداد] ☕", scene=("skyline", []),
         relations=[(2, 1, LIVES)]),
    dict(id="long-word", text="welcome to [LOC:1 Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch] , [LOC:- Anglesey] 🏴󠁧󠁢󠁷󠁬󠁳󠁿",
         scene=one("sea", "island_palm_and_the_sun_01", 0.6, 0.5, 0.86), relations=[(2, 1, CONTAIN)]),
]


def post(source):
    """The post as the corpus has it, without what the picture adds."""
    tokens, entities, rest = [], [], source["text"].split(" ")
    while rest:
        word = rest.pop(0)
        if not word.startswith("["):
            tokens.append(word)
            continue
        kind, _, objects = word[1:].partition(":")
        start = len(tokens)
        while True:
            word = rest.pop(0)
            tokens.append(word.rstrip("]"))
            if word.endswith("]"):
                break
        entity = {"id": "e%d" % (len(entities) + 1), "start": start, "end": len(tokens), "type": kind, "source": "human"}
        if objects:
            entity["grounding"] = ["o" + n for n in objects.split(",") if n != "-"]
        entities.append(entity)
    relations = [{"id": "r%d" % (i + 1), "head": "e%d" % h, "tail": "e%d" % t, "type": name, "source": "human"}
                 for i, (h, t, name) in enumerate(source.get("relations", []))]
    return {"id": source["id"], "tokens": tokens, "entities": entities, "relations": relations}


def names():
    found = {}
    for made in map(post, POSTS):
        for e in made["entities"]:
            found[" ".join(made["tokens"][e["start"]:e["end"]])] = True
    return list(found)


def sentences():
    """The texts without their names."""
    made = []
    for p in map(post, POSTS):
        inside = {i for e in p["entities"] for i in range(e["start"], e["end"])}
        made.append(" ".join(t for i, t in enumerate(p["tokens"]) if i not in inside))
    return made


def pieces():
    found = {}
    for source in POSTS:
        for item in source.get("scene", ("", []))[1]:
            found[item[0]] = True
    return list(found)
