#include "calve/produce/places.h"

#include <array>

#include <fmt/format.h>

namespace calve::produce {
namespace {

using Names = std::string_view[];

constexpr City kUsCities[] = {{"New York", "100##"},     {"Brooklyn", "112##"},    {"Los Angeles", "900##"},
                              {"Chicago", "606##"},      {"Houston", "770##"},     {"Phoenix", "850##"},
                              {"Philadelphia", "191##"}, {"San Antonio", "782##"}, {"San Diego", "921##"},
                              {"Dallas", "752##"},       {"Austin", "787##"},      {"Seattle", "981##"},
                              {"Denver", "802##"},       {"Boston", "021##"},      {"Portland", "972##"},
                              {"Atlanta", "303##"},      {"Miami", "331##"},       {"Minneapolis", "554##"}};
constexpr City kGbCities[] = {{"London", "SW% #@@"},    {"London", "E% #@@"},    {"Manchester", "M% #@@"},
                              {"Birmingham", "B% #@@"}, {"Leeds", "LS% #@@"},    {"Glasgow", "G% #@@"},
                              {"Edinburgh", "EH% #@@"}, {"Liverpool", "L% #@@"}, {"Bristol", "BS% #@@"},
                              {"Cardiff", "CF10 #@@"},  {"Sheffield", "S% #@@"}, {"Oxford", "OX% #@@"},
                              {"Norwich", "NR% #@@"},   {"Brighton", "BN% #@@"}};
constexpr City kDeCities[] = {{"Berlin", "10###"},     {"Hamburg", "20###"},   {"München", "80###"},
                              {"Köln", "50###"},       {"Frankfurt", "60###"}, {"Stuttgart", "70###"},
                              {"Düsseldorf", "40###"}, {"Leipzig", "04###"},   {"Dresden", "01###"},
                              {"Bremen", "28###"},     {"Hannover", "30###"},  {"Nürnberg", "90###"}};
constexpr City kFrCities[] = {{"Paris", "7500%"},    {"Lyon", "6900%"},  {"Marseille", "1300%"},
                              {"Toulouse", "31%00"}, {"Nice", "06%00"},  {"Nantes", "44%00"},
                              {"Bordeaux", "33%00"}, {"Lille", "59%00"}, {"Strasbourg", "67%00"},
                              {"Rennes", "35%00"}};
constexpr City kNlCities[] = {{"Amsterdam", "10%% @@"}, {"Rotterdam", "30%% @@"}, {"Den Haag", "25%% @@"},
                              {"Utrecht", "35%% @@"},   {"Eindhoven", "56%% @@"}, {"Groningen", "97%% @@"},
                              {"Haarlem", "20%% @@"},   {"Maastricht", "62%% @@"}};
constexpr City kEsCities[] = {{"Madrid", "280##"},  {"Barcelona", "080##"}, {"Valencia", "460##"},
                              {"Sevilla", "410##"}, {"Zaragoza", "500##"},  {"Málaga", "290##"},
                              {"Bilbao", "480##"},  {"Granada", "180##"}};
constexpr City kItCities[] = {{"Roma", "001##"},    {"Milano", "201##"},  {"Napoli", "801##"},
                              {"Torino", "101##"},  {"Palermo", "901##"}, {"Bologna", "401##"},
                              {"Firenze", "501##"}, {"Venezia", "301##"}, {"Verona", "371##"}};
constexpr City kSeCities[] = {{"Stockholm", "11# ##"}, {"Göteborg", "41# ##"}, {"Malmö", "21# ##"},
                              {"Uppsala", "75# ##"},   {"Örebro", "70# ##"},   {"Linköping", "58# ##"},
                              {"Lund", "22# ##"}};
constexpr City kPlCities[] = {{"Warszawa", "00-###"}, {"Kraków", "30-###"}, {"Łódź", "90-###"},
                              {"Wrocław", "50-###"},  {"Poznań", "60-###"}, {"Gdańsk", "80-###"},
                              {"Szczecin", "70-###"}, {"Lublin", "20-###"}};
constexpr City kChCities[] = {{"Zürich", "80%%"}, {"Genève", "12%%"},    {"Basel", "40%%"},
                              {"Bern", "30%%"},   {"Lausanne", "10%%"},  {"Winterthur", "84%%"},
                              {"Luzern", "60%%"}, {"St. Gallen", "90%%"}};
constexpr City kCaCities[] = {{"Toronto", "M5@ #@#"},  {"Montréal", "H2@ #@#"}, {"Vancouver", "V5@ #@#"},
                              {"Calgary", "T2@ #@#"},  {"Edmonton", "T5@ #@#"}, {"Ottawa", "K1@ #@#"},
                              {"Winnipeg", "R3@ #@#"}, {"Québec", "G1@ #@#"},   {"Halifax", "B3@ #@#"}};
constexpr City kAuCities[] = {{"Sydney", "20##"},   {"Melbourne", "30##"}, {"Brisbane", "40##"},
                              {"Perth", "60##"},    {"Adelaide", "50##"},  {"Hobart", "70##"},
                              {"Canberra", "26##"}, {"Darwin", "08##"}};

constexpr Names kEnglishStreets = {"High Street",  "Church Road",   "Mill Lane",     "Station Road",
                                   "King Street",  "Queen Street",  "Park Avenue",   "Oak Street",
                                   "Maple Avenue", "Victoria Road", "Bridge Street", "Elm Street"};
constexpr Names kGermanStreets = {"Hauptstr.",   "Gartenweg",  "Lindenallee", "Schulstr.",
                                  "Bergstr.",    "Mozartstr.", "Birkenweg",   "Goethestr.",
                                  "Wiesengrund", "Kirchgasse", "Bahnhofstr.", "Mühlenweg"};
constexpr Names kFrenchStreets = {"rue de la Paix", "rue Victor Hugo", "rue Pasteur",
                                  "avenue Foch",    "rue des Lilas",   "quai de Saône",
                                  "rue du Moulin",  "place du Marché", "rue Molière"};
constexpr Names kDutchStreets = {"Kerkstraat",  "Dorpsstraat", "Molenweg",    "Stationsweg",
                                 "Nieuwstraat", "Julianalaan", "Beatrixlaan", "Prinsengracht"};
constexpr Names kSpanishStreets = {"Calle Mayor",   "Calle del Sol", "Gran Vía",        "Calle Nueva",
                                   "Paseo del Río", "Calle Real",    "Avenida del Mar", "Plaza España"};
constexpr Names kItalianStreets = {"Via Roma",  "Via Garibaldi", "Via Dante",     "Corso Italia",
                                   "Via Verdi", "Via Mazzini",   "Via dei Mille", "Piazza Cavour"};
constexpr Names kSwedishStreets = {"Storgatan",  "Drottninggatan", "Kungsgatan", "Skolgatan",
                                   "Björkvägen", "Ringvägen",      "Kyrkogatan", "Åsgatan"};
constexpr Names kPolishStreets = {"ul. Polna", "ul. Leśna",   "ul. Słoneczna", "ul. Krótka",
                                  "ul. Długa", "ul. Szkolna", "ul. Ogrodowa",  "ul. Lipowa"};

constexpr Names kEnglishFirst = {"james",  "olivia", "emma",  "liam",   "noah",   "ava",   "lucas",
                                 "sophie", "jack",   "grace", "henry",  "amelia", "oscar", "hannah",
                                 "ethan",  "chloe",  "ruby",  "daniel", "maria",  "kevin"};
constexpr Names kEnglishLast = {"smith",  "jones",  "brown",   "taylor", "wilson", "davis",  "clark",
                                "lewis",  "walker", "hall",    "young",  "wright", "carter", "mitchell",
                                "turner", "parker", "collins", "garcia", "nguyen", "patel"};
constexpr Names kGermanFirst = {"anna",  "lukas", "lena",   "felix",  "mia", "paul", "laura",
                                "jonas", "julia", "tim",    "sarah",  "max", "lea",  "jan",
                                "nina",  "david", "katrin", "stefan", "uwe", "petra"};
constexpr Names kGermanLast = {"mueller", "schmidt",  "schneider", "fischer", "weber",   "meyer", "wagner",
                               "becker",  "hoffmann", "koch",      "bauer",   "richter", "klein", "wolf",
                               "braun",   "krueger",  "lange",     "keller",  "vogel",   "frank"};
constexpr Names kFrenchFirst = {"marie", "louis", "camille", "hugo",  "lea",   "jules", "manon",  "pierre",
                                "chloe", "paul",  "ines",    "adele", "simon", "luc",   "claire", "antoine"};
constexpr Names kFrenchLast = {"martin", "bernard", "dubois", "thomas", "robert",  "petit",
                               "durand", "leroy",   "moreau", "simon",  "laurent", "lefevre",
                               "roux",   "morel",   "girard", "mercier"};
constexpr Names kDutchFirst = {"sanne", "daan",  "emma",  "sem",   "lotte",
                               "bram",  "femke", "thijs", "anouk", "jeroen"};
constexpr Names kDutchLast = {"dejong", "jansen", "devries", "bakker", "visser",
                              "smit",   "meijer", "mulder",  "bos",    "vos"};
constexpr Names kSpanishFirst = {"lucia", "hugo",  "sofia", "mateo", "carmen",
                                 "pablo", "elena", "diego", "ana",   "javier"};
constexpr Names kSpanishLast = {"garcia", "lopez", "perez",   "sanchez", "romero",
                                "torres", "ruiz",  "navarro", "gil",     "serrano"};
constexpr Names kItalianFirst = {"giulia", "luca",  "chiara", "marco", "sara",
                                 "andrea", "elisa", "matteo", "paola", "davide"};
constexpr Names kItalianLast = {"rossi", "russo",  "ferrari", "bianchi", "romano",
                                "ricci", "marino", "greco",   "conti",   "gallo"};
constexpr Names kSwedishFirst = {"elsa", "erik",  "maja", "oskar", "astrid",
                                 "nils", "karin", "lars", "ebba",  "anders"};
constexpr Names kSwedishLast = {"andersson", "berg",     "lindberg", "nilsson", "ek",
                                "holm",      "sandberg", "lund",     "nyberg",  "dahl"};
constexpr Names kPolishFirst = {"zofia", "jan", "hanna",  "piotr", "maja",
                                "adam",  "ewa", "tomasz", "kasia", "marek"};
constexpr Names kPolishLast = {"nowak", "kowalski", "wojcik", "mazur", "krawczyk",
                               "zajac", "krol",     "wrobel", "dudek", "pawlak"};

using enum Country::HouseNumber;

constexpr Country kCountries[] = {
    {"US", "USD", 240, 108, 825, 599, 3500, kBeforeStreet, kUsCities, kEnglishStreets, kEnglishFirst,
     kEnglishLast},
    {"DE", "EUR", 170, 100, 1900, 490, 5000, kAfterStreet, kDeCities, kGermanStreets, kGermanFirst,
     kGermanLast},
    {"GB", "GBP", 140, 86, 2000, 399, 4000, kBeforeStreet, kGbCities, kEnglishStreets, kEnglishFirst,
     kEnglishLast},
    {"FR", "EUR", 100, 100, 2000, 550, 5000, kBeforeStreet, kFrCities, kFrenchStreets, kFrenchFirst,
     kFrenchLast},
    {"NL", "EUR", 70, 100, 2100, 395, 4000, kAfterStreet, kNlCities, kDutchStreets, kDutchFirst, kDutchLast},
    {"ES", "EUR", 60, 95, 2100, 495, 4500, kAfterStreet, kEsCities, kSpanishStreets, kSpanishFirst,
     kSpanishLast},
    {"IT", "EUR", 60, 98, 2200, 590, 5000, kAfterStreet, kItCities, kItalianStreets, kItalianFirst,
     kItalianLast},
    {"CA", "CAD", 45, 148, 1300, 999, 7500, kBeforeStreet, kCaCities, kEnglishStreets, kEnglishFirst,
     kEnglishLast},
    {"PL", "PLN", 40, 425, 2300, 1490, 20000, kAfterStreet, kPlCities, kPolishStreets, kPolishFirst,
     kPolishLast},
    {"SE", "SEK", 30, 1130, 2500, 4900, 50000, kAfterStreet, kSeCities, kSwedishStreets, kSwedishFirst,
     kSwedishLast},
    {"CH", "CHF", 25, 118, 810, 790, 8000, kAfterStreet, kChCities, kGermanStreets, kGermanFirst,
     kGermanLast},
    {"AU", "AUD", 20, 164, 1000, 895, 9000, kBeforeStreet, kAuCities, kEnglishStreets, kEnglishFirst,
     kEnglishLast},
};

constexpr std::uint32_t kWeightTotal = [] {
  std::uint32_t total = 0;
  for (const Country& country : kCountries)
    total += country.weight;
  return total;
}();
static_assert(kWeightTotal == 1000);

}  // namespace

std::span<const Country> countries() {
  return kCountries;
}

const Country& draw_country(Prng& prng) {
  std::uint32_t left = prng.below(kWeightTotal);
  const Country* country = kCountries;
  while (left >= country->weight)
    left -= (country++)->weight;
  return *country;
}

std::string draw_postal_code(const City& city, Prng& prng) {
  // Letters that stand at every place in British, Canadian and Dutch codes.
  constexpr std::string_view kLetters = "ABEGHJLNPRTWXZ";
  std::string code;
  for (const char sign : city.postal_form) {
    switch (sign) {
      case '#':
        code += static_cast<char>('0' + prng.below(10));
        break;
      case '%':
        code += static_cast<char>('1' + prng.below(9));
        break;
      case '@':
        code += kLetters[prng.below(kLetters.size())];
        break;
      default:
        code += sign;
    }
  }
  return code;
}

std::string draw_street(const Country& country, Prng& prng) {
  const std::string_view street = country.streets[prng.below(country.streets.size())];
  const std::uint32_t number = 1 + prng.below(1 + prng.below(160));  // low numbers are on every street
  switch (country.house_number) {
    case kBeforeStreet:
      return fmt::format("{} {}", number, street);
    case kAfterStreet:
      return fmt::format("{} {}", street, number);
  }
  return {};
}

}  // namespace calve::produce
