/** Long passwords that many people choose, in lower case without spaces and signs. The shorter ones are refused by their length. */
const COMMON = new Set(
  `administrator adminadminadmin adminpassword administrator1 password1234 password12345 password123456 passwordpassword
  passw0rd1234 p4ssw0rd1234 mypassword123 thisismypassword letmeinletmein letmeinplease welcome12345 welcome123456
  welcomewelcome changemeplease changeme1234 changemenow1 iloveyou1234 iloveyouiloveyou iloveyouforever iloveyousomuch
  qwertyuiopasdf qwertyuiop123 qwertyuiop1234 qwertyqwerty qwerty123456 qwerty1234567 1qaz2wsx3edc 1qaz2wsx3edc4rfv
  zaq12wsxcde3 q1w2e3r4t5y6 1q2w3e4r5t6y asdfghjkl123 asdfasdfasdf zxcvbnm12345 zxcvbnmasdfghjkl qazwsxedcrfv
  abcdefghijkl abcdefghijklm abc123abc123 abcd12345678 aa1234567890 a1b2c3d4e5f6 123456abcdef 1234567890qwe
  1234567890abc trustno1trustno1 superman1234 batmanbatman footballfootball baseballbaseball dragondragon monkeymonkey
  sunshine1234 sunshinesunshine princess1234 princessprincess starwarsstarwars computer1234 internet1234 secretsecret
  secretpassword supersecret1 supersecret123 correcthorsebatterystaple mustang12345 liverpool1234 manchesterunited
  chocolate123 butterfly123 elizabeth123 alexander123 christopher1 jordan232323 michael12345 jennifer1234 fuckyoufuckyou
  loveyou12345 godisgood123 jesuschrist1 blessed12345 happybirthday newpassword12 temporary1234 temppassword testtesttest
  testpassword test12345678 demopassword guestguestguest rootrootroot userpassword master123456 quaysidequayside`.split(
    /\s+/,
  ),
);

/**
 * Why a password of the right length is refused, or null: many people have it, it is one or two characters or a run of the
 * alphabet over and over, or it is the address or name of its owner.
 */
export function weaknessOf(password: string, owner: { email: string; name?: string }): string | null {
  const plain = password.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
  if (COMMON.has(plain)) return "is one of the most common passwords";
  if (new Set(password.toLowerCase()).size < 5) return "has too few different characters";
  if (isRun(plain)) return "is a run of characters";
  const own = [owner.email, owner.email.split("@")[0] ?? "", owner.name ?? ""].map((text) => text.toLowerCase());
  const rest = own
    .filter((text) => text.length > 3)
    .reduce((left, text) => left.replaceAll(text, ""), password.toLowerCase());
  return rest.length < 6 ? "is made of your name or address" : null;
}

/** Whether each character follows the one before it (`abcdef`, `987654`), with at most two breaks. */
function isRun(text: string): boolean {
  const codes = [...text].map((char) => char.codePointAt(0) ?? 0);
  const steps = codes.slice(1).map((code, index) => code - (codes[index] ?? 0));
  const breaks = steps.filter((step) => Math.abs(step) !== 1).length;
  return codes.length > 0 && breaks <= 2;
}
