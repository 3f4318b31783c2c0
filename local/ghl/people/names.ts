const words = (text: string): string[] => text.trim().split(/\s+/)

export const firstNames = words(`
  Ava Noah Mia Liam Olivia Ethan Sophia Lucas Emma Mason Grace Henry Chloe Owen Ruby Caleb Nora Isaac Leah Julian
  Maya Aaron Stella Miguel Camila Diego Lucia Mateo Elena Andre Simone Jerome Imani Malik Aisha Omar Priya Arjun Neha
  Ravi Mei Wei Hana Kenji Yuki Minh Linh Jin Sora Igor Anya Pavel Nadia Luca Giulia Pierre Camille Etienne Sylvie
  Bruno Ines Tomas Zofia Marek Astrid Lars Freya Niamh Sean Fiona Callum`)

export const lastNames = words(`
  Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez Gonzalez Wilson Anderson
  Thomas Taylor Moore Jackson Martin Lee Perez Thompson White Harris Sanchez Clark Ramirez Lewis Robinson Walker
  Young Allen King Wright Scott Torres Nguyen Hill Flores Green Adams Nelson Baker Hall Rivera Campbell Mitchell
  Carter Roberts Tremblay Gagnon Roy Cote Bouchard Gauthier Morin Lavoie Patel Singh Kaur Chen Wang Kim Park Tanaka
  Novak Kowalski O'Brien Murphy McDonald Fraser Schmidt Fischer Rossi Silva`)

export const streets = words('Oak Maple Cedar Pine Elm Washington Lake Hill Walnut Spring Park Ridge Church Mill River')

export const sources = ['master funnel', 'google ads', 'facebook lead form', 'instagram', 'referral page']

export const kindsOfWork = ['Kitchen repair', 'Bathroom remodel', 'Roof inspection', 'HVAC service', 'Window quote']

/** Domains that nobody can own (RFC 2606), so that no made-up person has a real mailbox. */
export const mailDomains = ['example.com', 'example.net', 'example.org']

/** Area codes of the United States and Canada. */
export const areaCodes = words(`
  404 770 678 470 212 646 718 917 213 310 818 415 510 408 312 773 847 713 281 832 214 469 972 602 480 623 206 253 425
  305 786 954 617 508 703 571 416 647 905 604 778 514 438 403`).map(Number)
