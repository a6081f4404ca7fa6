"""Words that are written with a capital letter without naming anything: at the beginning of a sentence, or always."""

from __future__ import annotations

OPENERS = frozenset(
    """
    a about above accidentally according across action actor actress add adventure afraid after afterward afterwards again
    against age aging ago ahead aided alas alien aliens all allegedly almost alone along already also although always
    ambitious amid amidst among amongst an and angry animated another anthology any anyone anything apart apparently are
    aristocratic armed army around arriving art artist as aside aspiring assassin assigned at attempting attorney aunt
    author award away awkward baby back bad band bank bankers based battle beautiful because become becoming before behind
    being believing below beneath beset besides best between beyond big biography biopic black blind blonde blood boarding
    boldly books bored born both bound boxer boy boys brave brilliant bring broke broken brother brothers brought brutal
    bumbling bus business businessman but by called came can captain captured career carefree caught centuries century chaos
    charged charming chief child childhood children chronicle chronicles circumstances city class clever close college come
    comedian comedy comic coming concerned conflict confronted consumed convinced cop cops could country couple courage
    cowboy crazy crew crime criminal criminals cut dad dance dancer danger dark daughter daughters day days dead deadly
    death deep delivers depicting depressed desperate despite detective detectives determined devastated dinner directed
    director disaster disgraced disguised divorced do doctor doctors documentary does dogs doomed down drama dreams driven
    driving drug due during each eager early eccentric eight eighteen either eleven elite ending enter equipped escaped even
    eventually ever every everyone everything evil ex exactly except exiled expecting explore extra eyes facing failed faith
    faithful fame family famous far fast fate father fathers fear fearing featuring few fifteen fifth fifty fight film
    filmed filmmaker filmmakers final finally fired first five flashbacks fleeing following follows for forced former
    fortunately forty found four fourteen framed freed french fresh friend friends friendship from full fun further future
    gang gangs gangster gay gentle get ghost ghosts gifted girl girls given god good government great greed growing guilt
    gunned guy had half happily happiness hard has have having he headed heading heart held hell help hence her here hero
    heroes high him his history hit hitman hoping horror hotel hours house how however human humanity humans hundreds hunted
    hunter hunters hunting husband if imagine imprisoned in included including indeed initially innocent inside inspector
    inspired instead intelligent into invisible ironically is it its jealous jobless join joined journalist journey joy
    judge just justice kept kid kidnapped kids kill killer killers killing king kings knowing land last late later lawyer
    lawyers learn learning leaving led left legend legendary less let life like little living local lonely long look looking
    lost love lovers low loyal luck lucky mad magic magical maker making man many marked married masked master match maybe
    me mean meanwhile meet men mercenary middle military millions miners misfit modern mom moments money months more most
    mother mothers moved movie moving much murder musical must my mysterious mystery naive narrated near nearly neither
    nerdy never nevertheless new newly newlyweds news next nice night nightmares nine no nobody none nor not nothing
    notorious novelist now obsessed obsession of off officer officers old older on once one only onto open or ordered
    ordinary originally orphaned other others our out outlaw outside over overwhelmed own parents part partners party past
    patients people perhaps photographer pilot plagued plans playing plus poet police poor popular power powerful pregnant
    presented president prince princess prison prisoners private professor promising promoted proud psychiatrist
    psychologist pursued quickly quiet race raised rather ready real realizing really rebel rebellious recently recorded
    recruited regular released reluctant reluctantly rescued residents retired return returned returning reunited revenge
    rich right rising rival rookie rough ruthless sad sadly sailors satire scarred school scientist scientists secret
    secretly seeing seeking seemingly seems seen sent sentenced serial set seven several sex she shipwrecked shocked short
    shortly shot should show shy sick silent simple since single sister sisters six sixteen sixty small smart so social sold
    soldier soldiers some somebody somehow someone something sometimes somewhere son song songs sons soon space special
    spies spirits spoof spy stand starring stars still stolen story stranded strange stranger strangers street strong
    struggling stuck student students sudden suddenly summoned super supernatural surprisingly surrounded survivors
    suspended sweet talented taught teacher teachers team teen teenage teenager teenagers teens tells ten terminally
    terrorist terrorists than thanks that the their them then there therefore these they thieves things think third thirteen
    thirty this those though thought thousands thrown thus time times tired to today together told too top torn tough toward
    towards tragedy trapped travel trouble troubled true truth trying twelve twenty twin twins twisted two unable unaware
    under undercover understanding unemployed unexpected unfortunately unhappy united unknown unlike unlikely until up upon
    us using various very veteran vicious victims video view violence visiting voiced war warned was watch way we wealthy
    weary welcome well what whatever when whenever where wherever whether which while white who whole whose why wicked widow
    widowed widower wild will wisecracking with within without witness woman women work workers working world worse worst
    would wounded wrapped writer writers written year years yet you young younger your youth zombie zombies can't can’t
    didn't didn’t don't don’t he'll he's he’ll he’s i'm i've it's it’s i’m i’ve let's let’s she'll she's she’ll she’s that's
    that’s there's there’s they're they've they’re they’ve we're we’re what's what’s who's who’s won't won’t you're you’re
    """.split()  # noqa: SIM905
)

ALWAYS_CAPITAL = frozenset(
    """
    african african-american africans american americans april arab arabs asian asian-american august australian brazilian
    british buddhist canadian catholic catholics ceo chapter chinese christian christians cuban danish december dutch dvd
    east eastern english english-language episode european europeans february film finnish french friday german germans god
    gothic greek hindu i ii iii imdb indian indians internet iranian iraqi irish israeli italian italians iv january
    japanese jewish jews july june korean latin lord march may mexican mexicans monday movie muslim muslims north northern
    norwegian november october oscar-winning part polish pov protestant roman romans russian russians saturday scottish
    season september south southern soviet spanish st sunday swedish thursday tuesday turkish tv vhs victorian volume
    wednesday welsh west western
    """.split()  # noqa: SIM905
)

HONORIFICS = frozenset(
    """
    admiral agent ambassador aunt baron baroness bishop brother capt captain cardinal chief coach col colonel commander
    corporal count countess dame detective doctor dr dr. duchess duke emperor empress father gen general governor inspector
    jr judge king lady lieutenant lord lt major mayor minister miss mother mr mr. mrs mrs. ms ms. officer pope president
    prime prince princess private prof prof. professor queen rabbi rev reverend saint secretary senator sergeant sgt sheriff
    sir sister special sr uncle
    """.split()  # noqa: SIM905
)
