"""The texts of generate_goldens.py, and the words of its tokenizer's vocabulary."""

WORDS = """the a is to my i you of can what how not no yes card account pay bill help me weather today book open close
send lost money please when where why who balance transfer agent person now later ##s ##ing ##ed ##er ##ly un ##able
##card . , ? ! ' 1 2 3 0 ##0""".split()

# From one word to more than the longest sequence.
TEXTS = [
    "card",
    "pay my bill",
    "What is the balance of my account?",
    "I lost my card, please help me!",
    "zebra",
    "Can you send the money to a person later, and not today?",
    "unhelpable booking, unpayable bills: 1 2 3 100",
    "how is the weather " * 20,
]

PAIRS = [
    ("pay my bill", "the bill is 100"),
    ("where is the agent", "no"),
    ("no", "I can transfer money to you now, when you open the account."),
    ("open close " * 12, "send lost money " * 10),
]

MINILM_TEXTS = """What is the balance of my savings account?
I lost my card on the train, please block it.
Transfer 250 euros to my landlord on the first of the month.
play some quiet piano music
Who wrote the first symphony in C minor that you know of?
Explain the difference between a mortgage and a lease.
Your app crashed three times today and I want a refund.
I need to talk to a human being, now.
no
Thanks!
set a timer for eleven minutes
Turn the lights in the hallway off.
What time does the pharmacy on the corner close?
The parcel was delivered to the wrong address again.
Could you summarise this contract in plain language?
Write a short poem about winter in a harbour town.
how do i reset my password
My password does not work, and the reset mail never arrives.
Why is the sky darker on high mountains?
Book a table for four at seven, somewhere with vegan food.
I am not feeling safe at home.
Someone used my credit card in a country where I have never been.
Convert 72 inches to centimetres.
Is it going to rain in Lisbon this weekend?
Order number 88213 is missing two of its five items.
Change the language of the menu to Portuguese.
Please cancel my subscription at the end of this month.
Compare the economies of Norway and Chile over twenty years.
What are the side effects of this medicine with alcohol?
Tell me a joke about gardeners.
How many calories are in a slice of rye bread?
the driver was rude and i want to complain
Prove that the square root of two is irrational.
Find a cheap flight from Oslo to Rome in early May.
Remind me to water the plants every second day.
Translate 'good night and good luck' into Finnish.
My invoice shows tax that I do not owe; who can correct it?
What is the capital of the country with the longest coastline?
Write a function that merges two sorted lists without extra memory.
Increase my card's limit to 3,000 for the holidays.
I think that my neighbour needs an ambulance.
Where can I see the fees for international payments?
Skip this song.
ÜBERWEISUNG: why did my transfer to Zürich fail?
Can I pay in instalments, and what does that cost me?
List the planets by the number of their moons.
The meeting moved to Thursday; tell everyone who accepted.
What did the central bank decide yesterday, and what does that mean for my loan?
Activate my new card.
I forgot the answer to my security question.
Draft a polite letter that declines an offer of employment.
Which bus goes to the airport before six in the morning?
asdf qwer zxcv
????
Do you ship to Iceland?
I have been waiting for an answer for nineteen days, nobody calls back, and the last person who did told me something that was not true.
Explain how a heat pump moves heat from a cold place to a warm one, what limits its efficiency, why it works less well when the air outside is freezing, and how one compares it honestly with a gas boiler over a whole winter in a badly insulated house.
Stop.
Is this number, 4,294,967,297, a prime?
Freeze my account, there are three payments that I did not make.""".splitlines()
