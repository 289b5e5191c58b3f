"""Fixed texts of our own: some to measure activation ranges on, others to check a built encoder with."""

CALIBRATION_TEXTS = (
    "Vi søger en partner, der kan levere sensorer til måling af blodtryk i hjemmet.",
    "Hvem arbejder med genoptræning efter hofteoperation?",
    "Afdelingen har brug for en løsning, der kan varsle fald hos ældre patienter om natten uden brug af kamera.",
    "Virksomheden udvikler bioplast til engangsudstyr og leder efter en klinik, der vil afprøve en prototype i 2027.",
    "Kommunen tilbyder adgang til tre plejecentre, hvor ny teknologi kan afprøves sammen med personalet.",
    "Hjælp til CE-mærkning",
    "Kirurger, sygeplejersker og ingeniører mødes hver måned for at finde på bedre instrumenter til "
    "kikkertoperationer, og vi vil gerne have flere firmaer med, som kan bygge de første modeller "
    "hurtigt og billigt.",
    "Diabetes type 2, kost og motion: digitalt forløb på 12 uger.",
    "Forskningsgruppen undersøger, hvordan maskinlæring kan finde knoglebrud på røntgenbilleder, som "
    "mennesker overser.",
    "Æblegrød, rødbeder og blåbær til småtspisende borgere på Ærø og Læsø.",
    "Vi kan stille 40 senge, to forskningssygeplejersker og en etisk godkendelse til rådighed fra 1. marts.",
    "Genbrug af kitler og afdækning på operationsgangen kan spare 18 ton affald om året.",
    "Projektet er støttet med 2,5 mio. kr. af regionen, jf. bevilling nr. 4711-B.",
    "Lugtfri stomipose i bionedbrydeligt materiale, testet på 25 frivillige.",
    "Demensvenlig belysning og døgnrytmelys på plejehjem: hvad virker, og hvem har målt det?",
    "Klinisk farmakologi, dosering til børn, computermodeller.",
    "Telemedicin",
    "Søges: psykiatrisk afdeling med interesse for virtual reality mod angst.",
    "Vores robot henter prøver fra afsnittet og kører dem til laboratoriet, så portørerne kan bruge "
    "tiden på patienterne.",
    "Kan man forudsige, hvilke patienter der bliver genindlagt inden for 30 dage, ud fra journaldata alene?",
    "Tandplejen i kommunen vil gerne nå borgere, som ikke selv kan børste tænder.",
    "Udbud, innovationspartnerskab, offentligt-privat samarbejde, OPI-light",
    "We are looking for a hospital department that can test our wearable heart monitor on 50 patients.",
    "Who has data on pressure ulcers?",
    "Our research group offers expertise in polymer chemistry, biodegradable coatings and life-cycle assessment.",
    "The municipality needs a simple way to see which citizens have not taken their medicine by noon.",
    "CE marking and clinical evaluation of software as a medical device (MDR, class IIa).",
    "A start-up with twelve employees that prints patient-specific implants in titanium and wants to "
    "meet orthopaedic surgeons, radiologists and anyone who has tried to get such implants "
    "reimbursed in Scandinavia.",
    "Prehospital emergency care, drones, defibrillators",
    "Speech recognition for Danish medical records: we have 3,000 hours of audio and need clinicians to label errors.",
    "Hearing aids that learn from their users.",
    "Is there a partner with a clean room of class ISO 7 near Aarhus or Copenhagen?",
    "Antibiotic resistance is measured in wastewater every week; the numbers are open to all.",
    "Looking for funding",
    "The device failed in the cold. We learned that nurses keep it in their pocket, and changed the battery.",
    "Cost-effectiveness models for home dialysis, with patients as co-authors from the first day.",
    "URGENT!!! NEED TEST SITE FOR VENTILATORS ASAP",
    "See https://www.example.org/projects?id=42&lang=da or write to info@example.org (tel. +45 12 34 56 78).",
    "<p>Vi <b>tilbyder</b> rådgivning &amp; test.</p><script>alert('hej')</script>",
    "pH 7.4; 37 °C; 5 µg/ml; n = 128 (p < 0.001); 95 % CI [0.82–1.14]",
    "👩‍⚕️🏥 glæder os til at møde jer 😀👍🏽",
    "¿Quién puede ayudar con la rehabilitación en casa? Wir suchen Partner für die Pflege zu Hause.",
    "Мы ищем партнёра для испытаний. 我们正在寻找医院合作伙伴。患者さんの自宅で使えます。",
    "نبحث عن شريك لتجربة الجهاز. אנחנו מחפשים שותף למחקר קליני.",
    "Det er ikke kun min erfaring. Jeg har aldrig sagt det til nogen før, og jeg ved ikke, hvad jeg skal gøre nu.",
    '"I did not want to say it," she told us, "but I was crying all the way home, and my hands would '
    'not stop shaking."',
    "Jeg måtte tage mig sammen for ikke at grine. Det har vi ikke lavet, sagde han. Det var dem!",
    "And this is just what they told me yesterday.",
    "Ministeren afviser kritikken og siger, at regeringen vil se på sagen igen til efteråret.",
    "The team won 3-1 on Saturday after two late goals, and the coach said that he was proud of every one of them.",
    "Politiet leder stadig efter vidner til ulykken på motorvejen syd for Vejle natten til tirsdag.",
    "He was born in 1952, moved to London at the age of ten, and never went back.",
    "Skræl kartoflerne, kog dem møre, og vend dem i smør og persille lige før servering.",
    "Shares fell by four percent in early trading as the bank warned that profits would be lower than expected.",
    "Kære alle, tak for i går! Jeg sender referatet i morgen. Mange hilsner, Karen",
    "I think, therefore I am; but what am I, if nobody else thinks so?",
    "Du kan ikke komme ind her uden billet, sagde hun, og så lukkede hun døren i.",
    "Why would anyone do that? We don't know. They won't tell us, and it isn't our business anyway.",
    "Havet var stille, himlen var grå, og fra kysten hørte man kun mågerne.",
    "Once upon a time there was a king who had three daughters, and the youngest was the one who could not lie.",
    "- sensor\n- app\n- support\n\nPris: 1.200 kr./md.\tLevering: 4 uger",
    "aaaa bbbb 1234567890 ---- ++++ ????",
    "x",
    "Når en borger udskrives, skal kommunen vide det samme dag. I dag kommer beskeden ofte for sent, "
    "og hjælpemidler mangler, når borgeren kommer hjem. Vi vil gerne samarbejde med et firma, der "
    "kan koble sygehusets og kommunens systemer sammen, og med forskere, der kan måle, om det gør en "
    "forskel. Vi har ledelsens opbakning, en projektleder på halv tid og tre afdelinger, der er klar "
    "til at begynde efter sommerferien. Økonomien er på plads for det første år. Vi kan ikke dele "
    "personfølsomme data, men vi kan invitere jer indenfor og vise, hvordan arbejdsgangen er.",
    "The consortium brings together a university hospital, two small companies and a technical "
    "university. Together we want to show that a bandage with printed electronics can tell when a "
    "wound is infected, days before it can be seen. The company has made two hundred samples, the "
    "university has tested them in the laboratory, and the hospital has patients who are willing to "
    "take part. What is missing is a partner who knows how to manufacture at scale, and one who "
    "understands the regulation of combination products. We meet twice a year in person and every "
    "second week online.",
)

VERIFICATION_TEXTS = (
    "Vi mangler et sygehus, der vil afprøve vores plaster med indbygget temperaturføler.",
    "Hvilke kommuner arbejder med skærmbesøg i hjemmeplejen?",
    "Forskere i biomekanik tilbyder måling af gang og balance hos borgere over 80 år.",
    "Øjenlæger søger et firma, der kan udvikle en app til måling af synsstyrke hos børn.",
    "Bæredygtige emballager til sterile instrumenter",
    "Søvnapnø",
    "Vores afdeling har i flere år arbejdet med at forebygge liggesår. Vi har brug for madrasser, "
    "der selv kan mærke, når en patient ligger for længe i samme stilling, og som kan give besked "
    "til plejepersonalet på en måde, der ikke larmer. Vi kan tilbyde en testafdeling med 24 senge og "
    "en sygeplejerske, der følger projektet.",
    "Sårpleje på tværs af sektorer: fra sygehus til kommune og hjem igen.",
    "We need a clinical partner for a trial of remote monitoring after heart surgery.",
    "Who can help us with reimbursement in the Nordic countries?",
    "The department offers access to anonymised images of skin lesions for training algorithms.",
    "Robots that lift patients safely",
    "Stroke rehabilitation",
    "We build a small analyser that measures infection markers from one drop of blood in four "
    "minutes. It works at room temperature, needs no trained operator, and has been tried by two "
    "general practitioners. Now we want to learn how it fits into an emergency department at night, "
    "and whether doctors act on its numbers.",
    "Waste-free operating theatres: which single-use items can be replaced first?",
    "Machine learning on electronic health records, explained to clinicians in plain words.",
)
