import { defineTexts } from "../../i18n/texts";

/** Texts of the way in. */
export const t = defineTexts({
  en: {
    welcome: "Welcome to Wactorz",
    welcomeText: "Make the first account. The server printed a code for it when it started.",
    whereCode:
      "It stands in the terminal where Wactorz was started, else in the file secrets/setup-code of its state folder.",
    login: "Log in",
    loginText: "This house is only for those who live in it.",
    again: "Your session has ended",
    againText: "Log in again. What you have typed is still there.",
    name: "Name",
    password: "Password",
    passwordNew: "Password (8 characters or more)",
    repeat: "The same password again",
    show: "Show",
    hide: "Hide",
    code: "Code",
    enter: "Log in",
    entering: "One moment",
    make: "Make the account",
    capsLock: "Caps Lock is on",
    wrong: "The name or the password is wrong.",
    wrongCode:
      "This is not the code. Each start makes a new one; the file secrets/setup-code holds the one that counts.",
    locked: "Too many wrong tries. Wait {seconds} s.",
    differ: "The two passwords differ.",
    short: "A password has at least 8 characters.",
    done: "Welcome, {name}",
    invite: "Make an account",
    inviteText:
      "Everybody at this machine is the owner now. With an account you can use Wactorz from your phone, and give others in the house their own.",
    inviteLine: "Everybody at this machine is the owner now. An account lets you in from your phone too.",
    later: "Later",
  },
  de: {
    welcome: "Willkommen bei Wactorz",
    welcomeText: "Lege das erste Konto an. Der Server hat beim Start einen Code dafür ausgegeben.",
    whereCode:
      "Er steht im Terminal, in dem Wactorz gestartet wurde, sonst in der Datei secrets/setup-code im Ordner seines Zustands.",
    login: "Anmelden",
    loginText: "Dieses Haus ist nur für die, die darin wohnen.",
    again: "Deine Sitzung ist zu Ende",
    againText: "Melde dich wieder an. Was du getippt hast, ist noch da.",
    name: "Name",
    password: "Passwort",
    passwordNew: "Passwort (mindestens 8 Zeichen)",
    repeat: "Noch einmal dasselbe Passwort",
    show: "Zeigen",
    hide: "Verbergen",
    code: "Code",
    enter: "Anmelden",
    entering: "Einen Moment",
    make: "Konto anlegen",
    capsLock: "Die Feststelltaste ist an",
    wrong: "Der Name oder das Passwort ist falsch.",
    wrongCode:
      "Das ist nicht der Code. Jeder Start macht einen neuen; in der Datei secrets/setup-code steht der, der zählt.",
    locked: "Zu viele falsche Versuche. Warte {seconds} s.",
    differ: "Die beiden Passwörter sind verschieden.",
    short: "Ein Passwort hat mindestens 8 Zeichen.",
    done: "Willkommen, {name}",
    invite: "Lege ein Konto an",
    inviteText:
      "Wer an diesem Rechner sitzt, ist jetzt der Besitzer. Mit einem Konto kannst du Wactorz auch vom Telefon aus nutzen und anderen im Haus ein eigenes geben.",
    inviteLine:
      "Wer an diesem Rechner sitzt, ist jetzt der Besitzer. Mit einem Konto kommst du auch vom Telefon herein.",
    later: "Später",
  },
});
