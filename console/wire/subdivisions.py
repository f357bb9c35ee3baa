"""The states of the countries whose rules are known here: ISO 3166-2, by code and name, and by the short name in use.

A slip for a state with rules of its own would be the country's laxer law, so that a code that is none is refused.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache, lru_cache

from console.errors import Invalid

_CODES: Mapping[str, str] = {
    "AR": (
        "A Salta, B Buenos Aires, C Ciudad Autónoma de Buenos Aires/CABA, D San Luis, E Entre Ríos, F La Rioja, G "
        "Santiago del Estero, H Chaco, J San Juan, K Catamarca, L La Pampa, M Mendoza, N Misiones, P Formosa, Q "
        "Neuquén, R Río Negro, S Santa Fe, T Tucumán, U Chubut, V Tierra del Fuego, W Corrientes, X Córdoba, Y "
        "Jujuy, Z Santa Cruz"
    ),
    "BR": (
        "AC Acre, AL Alagoas, AM Amazonas, AP Amapá, BA Bahia, CE Ceará, DF Distrito Federal, ES Espírito Santo, "
        "GO Goiás, MA Maranhão, MG Minas Gerais, MS Mato Grosso do Sul, MT Mato Grosso, PA Pará, PB Paraíba, PE "
        "Pernambuco, PI Piauí, PR Paraná, RJ Rio de Janeiro, RN Rio Grande do Norte, RO Rondônia, RR Roraima, RS "
        "Rio Grande do Sul, SC Santa Catarina, SE Sergipe, SP São Paulo, TO Tocantins"
    ),
    "CL": (
        "AI Aisén del General Carlos Ibañez del Campo/Aysén, AN Antofagasta, AP Arica y Parinacota, AR La "
        "Araucanía, AT Atacama, BI Biobío, CO Coquimbo, LI Libertador General Bernardo O'Higgins/O'Higgins, LL "
        "Los Lagos, LR Los Ríos, MA Magallanes, ML Maule, NB Ñuble, RM Región Metropolitana de "
        "Santiago/Metropolitana, TA Tarapacá, VS Valparaíso"
    ),
    "CO": (
        "AMA Amazonas, ANT Antioquia, ARA Arauca, ATL Atlántico, BOL Bolívar, BOY Boyacá, CAL Caldas, CAQ "
        "Caquetá, CAS Casanare, CAU Cauca, CES Cesar, CHO Chocó, COR Córdoba, CUN Cundinamarca, DC Distrito "
        "Capital de Bogotá/Bogotá, GUA Guainía, GUV Guaviare, HUI Huila, LAG La Guajira, MAG Magdalena, MET Meta, "
        "NAR Nariño, NSA Norte de Santander, PUT Putumayo, QUI Quindío, RIS Risaralda, SAN Santander, SAP San "
        "Andrés y Providencia, SUC Sucre, TOL Tolima, VAC Valle del Cauca/Valle, VAU Vaupés, VID Vichada"
    ),
    "EC": (
        "A Azuay, B Bolívar, C Carchi, D Orellana, E Esmeraldas, F Cañar, G Guayas, H Chimborazo, I Imbabura, L "
        "Loja, M Manabí, N Napo, O El Oro, P Pichincha, R Los Ríos, S Morona Santiago, SD Santo Domingo de los "
        "Tsáchilas/Santo Domingo, SE Santa Elena, T Tungurahua, U Sucumbíos, W Galápagos, X Cotopaxi, Y Pastaza, "
        "Z Zamora Chinchipe"
    ),
    "ES": (
        "A Alicante, AB Albacete, AL Almería, AN Andalucía, AR Aragón, AS Principado de Asturias, AV Ávila, B "
        "Barcelona, BA Badajoz, BI Bizkaia, BU Burgos, C A Coruña, CA Cádiz, CB Cantabria, CC Cáceres, CE Ceuta, "
        "CL Castilla y León, CM Castilla-La Mancha, CN Canarias, CO Córdoba, CR Ciudad Real, CS Castellón, CT "
        "Catalunya, CU Cuenca, EX Extremadura, GA Galicia, GC Las Palmas, GI Girona, GR Granada, GU Guadalajara, "
        "H Huelva, HU Huesca, IB Illes Balears, J Jaén, L Lleida, LE León, LO La Rioja, LU Lugo, M Madrid, MA "
        "Málaga, MC Región de Murcia, MD Comunidad de Madrid, ML Melilla, MU Murcia, NA Navarra, NC Comunidad "
        "Foral de Navarra, O Asturias, OR Ourense, P Palencia, PM Illes Balears, PO Pontevedra, PV País Vasco, RI "
        "La Rioja, S Cantabria, SA Salamanca, SE Sevilla, SG Segovia, SO Soria, SS Gipuzkoa, T Tarragona, TE "
        "Teruel, TF Santa Cruz de Tenerife, TO Toledo, V Valencia, VA Valladolid, VC Comunidad Valenciana, VI "
        "Álava, Z Zaragoza, ZA Zamora"
    ),
    "MX": (
        "AGU Aguascalientes, BCN Baja California, BCS Baja California Sur, CAM Campeche, CHH Chihuahua, CHP "
        "Chiapas, CMX Ciudad de México/CDMX, COA Coahuila de Zaragoza/Coahuila, COL Colima, DUR Durango, GRO "
        "Guerrero, GUA Guanajuato, HID Hidalgo, JAL Jalisco, MEX México/Estado de México, MIC Michoacán de "
        "Ocampo/Michoacán, MOR Morelos, NAY Nayarit, NLE Nuevo León, OAX Oaxaca, PUE Puebla, QUE Querétaro, ROO "
        "Quintana Roo, SIN Sinaloa, SLP San Luis Potosí, SON Sonora, TAB Tabasco, TAM Tamaulipas, TLA Tlaxcala, "
        "VER Veracruz de Ignacio de la Llave/Veracruz, YUC Yucatán, ZAC Zacatecas"
    ),
    "PE": (
        "AMA Amazonas, ANC Ancash, APU Apurímac, ARE Arequipa, AYA Ayacucho, CAJ Cajamarca, CAL El Callao/Callao, "
        "CUS Cusco, HUC Huánuco, HUV Huancavelica, ICA Ica, JUN Junín, LAL La Libertad, LAM Lambayeque, LIM Lima, "
        "LMA Municipalidad Metropolitana de Lima, LOR Loreto, MDD Madre de Dios, MOQ Moquegua, PAS Pasco, PIU "
        "Piura, PUN Puno, SAM San Martín, TAC Tacna, TUM Tumbes, UCA Ucayali"
    ),
    "US": (
        "AK Alaska, AL Alabama, AR Arkansas, AS American Samoa, AZ Arizona, CA California, CO Colorado, CT "
        "Connecticut, DC District of Columbia, DE Delaware, FL Florida, GA Georgia, GU Guam, HI Hawaii, IA Iowa, "
        "ID Idaho, IL Illinois, IN Indiana, KS Kansas, KY Kentucky, LA Louisiana, MA Massachusetts, MD Maryland, "
        "ME Maine, MI Michigan, MN Minnesota, MO Missouri, MP Northern Mariana Islands, MS Mississippi, MT "
        "Montana, NC North Carolina, ND North Dakota, NE Nebraska, NH New Hampshire, NJ New Jersey, NM New "
        "Mexico, NV Nevada, NY New York, OH Ohio, OK Oklahoma, OR Oregon, PA Pennsylvania, PR Puerto Rico, RI "
        "Rhode Island, SC South Carolina, SD South Dakota, TN Tennessee, TX Texas, UM United States Minor "
        "Outlying Islands, UT Utah, VA Virginia, VI Virgin Islands, VT Vermont, WA Washington, WI Wisconsin, WV "
        "West Virginia, WY Wyoming"
    ),
    "UY": (
        "AR Artigas, CA Canelones, CL Cerro Largo, CO Colonia, DU Durazno, FD Florida, FS Flores, LA Lavalleja, "
        "MA Maldonado, MO Montevideo, PA Paysandú, RN Río Negro, RO Rocha, RV Rivera, SA Salto, SJ San José, SO "
        "Soriano, TA Tacuarembó, TT Treinta y Tres"
    ),
}
"""Of Spain provinces and autonomous communities; of the United States also what is no state."""


def must_be_place(jurisdiction: str) -> None:
    """Raises Invalid, with the nearest that there are, for a state that its country has not: BR-RK."""
    country, _, code = jurisdiction.partition("-")
    known = states(country)
    if not code or not known or code in known:
        return
    near = get_close_matches(code, known, n=5, cutoff=0.5) or known
    told = ", ".join(f"{country}-{each} ({known[each][0]})" for each in sorted(near))
    raise Invalid(f"{country} has no state {code}; there is {told}.", field="jurisdiction")


@lru_cache(maxsize=4_096)  # a file has many rows and few states
def code_in(country: str, text: str) -> str:
    """The code of a state of the country by its code or name, with accents or without; "" for one it has not."""
    word = _plain(text)
    return next((code for code, names in states(country).items() if word in map(_plain, (code, *names))), "")


@cache
def states(country: str) -> Mapping[str, tuple[str, ...]]:
    """Code to names of a country's states; empty for a country that is not known here."""
    pairs = (each.partition(" ") for each in _CODES.get(country, "").split(", ") if each)
    return {code: tuple(names.split("/")) for code, _, names in pairs}


def _plain(text: str) -> str:
    bare = "".join(each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))
    return " ".join(bare.casefold().split())
