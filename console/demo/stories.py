"""What happened in the demo's last days, told in minutes before now. See `acts` for the signs."""

from __future__ import annotations

from console.demo.acts import Act, Story
from console.demo.samples import Sample

DAY = 1_440


def stories(crowd: list[Sample]) -> list[Story]:
    """The cast's own stories, and short ones of people from the crowd."""
    return [*_OWN, *(_begun(*each) for each in _BEGUN), *_crowd(crowd)]


def _s(person: str, box: str, *acts: Act, subject: str = "") -> Story:
    return Story(person=person, book=box.split("-")[0], box=box, acts=acts, subject=subject)


_OWN = (
    # Maria: an old matter with Ana, closed. Whoever plays her begins a new one.
    _s("maria", "ipe-wa",
       (24 * DAY, "<", "oi, preciso da segunda via da fatura de outubro"),
       (24 * DAY - 2, "to ana", ""),
       (24 * DAY - 3, ">", "Oi, Maria! Aqui é a Ana, da Loja Ipê. Já te mando por e-mail, pode ser?"),
       (24 * DAY - 6, "<", "pode sim, obrigada"),
       (24 * DAY - 8, ">", "Enviado! Qualquer coisa é só chamar por aqui."),
       (24 * DAY - 20, "resolve informed", "")),
    # Ana's
    _s("joao", "ipe-wa",
       (2 * DAY, "<", "bom dia, recebi uma cobrança de vocês"),
       (2 * DAY - 3, "to ana", ""),
       (2 * DAY - 4, ">", "Bom dia, João! Aqui é a Ana, da Loja Ipê. Posso te ajudar com isso, sim."),
       (2 * DAY - 9, "<", "quanto fica pra pagar essa semana?"),
       (2 * DAY - 11, ">", "Consigo R$ 531,70 sem juros até sexta. Fica bom para você?"),
       (95, "<", "consigo pagar na quinta, pode ser?"),
       (92, ">", "Pode sim! Anotei quinta-feira. Te envio o Pix na véspera."),
       (92, "promises 53170 4", ""),
       (91, "#", "Prometeu pagar na quinta. Recebe no dia 25 de cada mês."),
       (88, "<", "combinado, obrigado")  ,
       (86, ">d", "Eu que agradeço, João. Até lá!")),
    _s("otavio", "ipe-mail",
       (3 * DAY, "<f", "Boa tarde,\n\nRecebi a cobrança do contrato 2282, mas ele foi encerrado. Segue o documento."
        "\n\nAtenciosamente,\nOtávio"),
       (3 * DAY - 40, "to ana", ""),
       (3 * DAY - 42, ">", "Boa tarde, Otávio.\n\nRecebi o documento e vou conferir com o setor responsável. "
        "Volto a escrever até amanhã.\n\nAna Prado\nLoja Ipê"),
       (1 * DAY, "<", "Obrigado, Ana. Aguardo o retorno."),
       (1 * DAY - 30, ">", "Otávio, confirmei: o cancelamento está registrado e a cobrança, em revisão.\n\nAna Prado"),
       (1 * DAY - 35, "#", "Cancelamento confere com o sistema. Aguardando baixa do financeiro."),
       subject="Contrato encerrado"),
    _s("helena", "ipe-wa",
       (300, "<", "oi, dá pra parcelar o que eu devo?"),
       (297, "to ana", ""),
       (296, ">", "Oi, Helena! Aqui é a Ana. Dá sim. Quanto cabe no seu mês?"),
       (290, "<", "uns 200 reais"),
       (288, "~*", "Ofereça 4 vezes sem juros: cabe na sua alçada."),
       (286, "plans 4", ""),
       (285, ">", "Consigo em 4 vezes, com a primeira no dia 10. O que acha?"),
       (55, "<", "gostei, só preciso ver com meu marido"),
       (52, ">d", "Claro, sem pressa. Me avisa por aqui quando decidirem.")),
    _s("tereza", "ipe-wa",
       (1 * DAY + 200, "<", "vocês mudaram a data do meu vencimento?"),
       (1 * DAY + 197, "to ana", ""),
       (1 * DAY + 196, ">", "Oi, Tereza! Mudamos a pedido seu, em setembro. Quer que eu volte para o dia 5?"),
       (1 * DAY + 190, "<", "não, tá bom assim. pago semana que vem"),
       (1 * DAY + 188, ">", "Perfeito, obrigada!"),
       (1 * DAY + 188, "pays 5000", ""),
       (1 * DAY + 187, "snooze 70", "")),
    # Bruno's
    _s("rafael", "ipe-wa",
       (64, "<", "opa, já caiu meu pagamento?"),
       (61, "to bruno", ""),
       (60, ">", "Oi, Rafael! Aqui é o Bruno, da Loja Ipê. Ainda não apareceu. Pode me mandar o comprovante?"),
       (52, "<f", "segue"),
       (50, ">", "Recebi, obrigado! Vou conferir e te aviso ainda hoje."),
       (3, "<", "conseguiu ver?")),
    _s("bete", "ipe-wa",
       (150, "<", "vocês ligaram no meu trabalho, isso não se faz"),
       (147, "to bruno", ""),
       (146, ">", "Elisabete, peço desculpas. Aqui é o Bruno. Não vamos mais ligar para esse número."),
       (140, "<", "quero falar com o responsável"),
       (138, "hand", "Pede o responsável: ligaram no trabalho dela. Não quero errar o tom."),
       (137, ">", "Entendo. Já chamei minha supervisora para esta conversa.")),
    _s("nilo", "ipe-wa-2",
       (210, "<", "quero quitar tudo, quanto fica?"),
       (208, "to bruno", ""),
       (207, ">", "Oi, Nilo! Aqui é o Bruno. À vista fica R$ 458,00. Quer o código para pagar?"),
       (200, "<", "manda amanhã que hoje tô sem limite"),
       (198, "!", "Combinado, te mando amanhã cedo por aqui."),
       (197, ">", "Combinado! Amanhã cedo te mando por aqui.")),
    _s("iris", "ipe-wa",
       (500, "<", "boa tarde, sou a Íris, me mandaram esse número"),
       (496, "to bruno", ""),
       (495, ">", "Boa tarde, Íris! Aqui é o Bruno, da Loja Ipê. Em que posso ajudar?"),
       (480, "<", "quero renegociar, fiquei sem receber dois meses"),
       (478, ">", "Sinto muito, Íris. Vamos achar um jeito. Qual valor cabe por mês?"),
       (40, "<", "consigo 150 por mês"),
       (38, "?", "Deixa comigo: vou montar a proposta e te mando em seguida.")),
    _s("murilo", "ipe-wa",
       (400, "<", "não vou pagar juros, isso é abuso"),
       (396, "to bruno", ""),
       (395, ">", "Oi, Murilo. Entendo. Posso rever os juros com a supervisão. Me dá alguns minutos?"),
       (382, "<", "tá bom, espero"),
       (380, "over", "Juros acima da alçada do agente"),
       (378, ">", "Murilo, revi seu contrato: consigo tirar os juros se o pagamento for à vista."),
       (370, "<", "aí sim. fecho na segunda"),
       (368, "back", "Aprovado sem juros, à vista, na segunda. Segue com você, Bruno."),
       (30, "<", "me lembra na segunda cedo?"),
       (28, ">", "Lembro sim, Murilo. Bom domingo!")),
    # Clara's
    _s("lupita", "maguey-wa",
       (120, "<", "buenas, ¿me pueden mandar mi estado de cuenta?"),
       (117, "to clara", ""),
       (116, ">", "Hola, Guadalupe. Le escribe Clara, de Crédito Maguey. Claro que sí, ¿se lo mando por correo?"),
       (110, "<", "sí por favor"),
       (108, ">", "Listo, va en camino. ¿Le ayudo con algo más?"),
       (2.5, "<", "sí, ¿puedo pagar en dos partes?")),
    _s("ramiro", "maguey-wa",
       (1 * DAY, "<", "no me llegó el recibo"),
       (1 * DAY - 5, "to clara", ""),
       (1 * DAY - 6, ">", "Hola, Ramiro. Le escribe Clara. Se lo reenvío ahora mismo."),
       (1 * DAY - 15, "<", "gracias"),
       (1 * DAY - 16, ">", "A la orden, Ramiro. Le escribo mañana para confirmar."),
       (1 * DAY - 17, "snooze 20", "")),
    _s("itzel", "maguey-mail",
       (2 * DAY, "<", "Hola:\n\n¿Pueden confirmarme la fecha de mi siguiente pago?\n\nItzel"),
       (2 * DAY - 60, "to clara", ""),
       (2 * DAY - 62, ">", "Hola, Itzel:\n\nSu siguiente fecha es el 5 de diciembre.\n\nClara Nunes\nCrédito Maguey"),
       (100, "<", "Perfecto, gracias. ¿Y si pago antes me descuentan algo?"),
       subject="Mi próxima fecha"),
    _s("nelson", "frailejon-wa",
       (90, "<", "buenas tardes, quiero un acuerdo"),
       (88, "to clara", ""),
       (87, ">", "Buenas tardes, Nelson. Le escribe Clara, de Almacenes Frailejón. ¿Cuánto podría pagar al mes?"),
       (70, "<", "unos 160 mil"),
       (68, ">", "Con gusto. Le preparo una propuesta en tres cuotas y se la muestro."),
       (66, "~", "Bien llevado. Recuerda confirmar la fecha de pago antes de cerrar.")),
    # The queues
    _s("lia", "ipe-sms", (9, "<", "oi recebi um sms de voces, do que se trata?")),
    _s("ivo", "ipe-mail",
       (45, "<", "Bom dia,\n\nGostaria de negociar meu saldo. Podem me enviar uma proposta?\n\nIvo Sampaio"),
       subject="Proposta"),
    _s("caua", "ipe-wa", (6, "<", "tem como mudar o dia do vencimento?")),
    _s("dora", "ipe-wa", (14, "<", "não reconheço essa compra de agosto"), (13, "<", "nunca fui nessa loja")),
    _s("dalva", "ipe-wa",
       (7, "<", "perdi o emprego e não sei mais o que fazer, não quero mais viver assim")),
    _s("camilo", "frailejon-wa", (11, "<", "hola, ¿me regala el valor para ponerme al día?")),
    _s("luz", "frailejon-sms", (18, "<", "Ya hablé con mi abogado, respondan por escrito")),
)  # fmt: skip

# Whom a script plays has spoken with a stand-in before, who answers again: the visitor's desk is left alone.
_BEGUN = (
    ("gilda", "ipe-wa", "bruno"),
    ("celia", "ipe-wa", "bruno"),
    ("abel", "ipe-wa-2", "bruno"),
    ("davi", "ipe-wa", "bruno"),
    ("ximena", "maguey-wa", "clara"),
    ("oscar", "maguey-wa", "clara"),
    ("yolanda", "frailejon-wa", "clara"),
)


def _begun(person: str, box: str, agent: str) -> Story:
    asks, answer = ("oi, vi a mensagem de vocês", "Oi! Aqui é o Bruno, da Loja Ipê. Me chama quando puder falar.")
    if agent == "clara":
        asks, answer = ("hola, vi su mensaje", "¡Hola! Le escribe Clara. Cuando pueda conversamos por aquí.")
    begun = DAY + 37 * len(person)
    return _s(person, box, (begun, "<", asks), (begun - 4, f"to {agent}", ""), (begun - 5, ">", answer))


# Words of people in the crowd: (debtor, agent, debtor, agent, how it ended).
_TALK = {
    "pt-BR": (
        (
            "oi, consigo um prazo maior?",
            "Oi! Consigo até o fim do mês. Serve?",
            "serve, obrigado",
            "Por nada!",
            "promise",
        ),
        (
            "já paguei hoje cedo",
            "Obrigado por avisar! Confirmo até amanhã.",
            "ok",
            "Confirmado, muito obrigado!",
            "paid",
        ),
        (
            "qual o valor atualizado?",
            "Já te passo. Pode confirmar seu e-mail?",
            "é o mesmo",
            "Enviei por lá.",
            "informed",
        ),
        ("troquei de número, anota aí", "Anotado! Mais alguma coisa?", "só isso", "Obrigado!", "informed"),
        ("quero desconto à vista", "Tenho uma condição boa. Posso mandar?", "pode", "Segue no e-mail.", "promise"),
    ),
    "es": (
        ("hola, ¿me dan unos días más?", "Claro, ¿le sirve hasta el viernes?", "sí, gracias", "A la orden.", "promise"),
        ("ya hice el pago", "¡Gracias por avisar! Lo confirmo hoy.", "ok", "Confirmado, muchas gracias.", "paid"),
        ("¿cuánto debo hoy?", "Se lo envío por correo, ¿le parece?", "sí", "Enviado.", "informed"),
    ),
}


def _crowd(crowd: list[Sample]) -> list[Story]:
    """Resolved, waiting and parked matters, so that every view has something true in it."""
    found = []
    for index, each in enumerate(crowd):
        talk = _TALK[each.language]
        asks, first, then, last, outcome = talk[index % len(talk)]
        agent = "clara" if each.language == "es" else ("bruno", "ana", "bruno")[index % 3]
        box = {"ipe": "ipe-wa", "maguey": "maguey-wa", "frailejon": "frailejon-wa"}[each.book]
        begun = 5 * DAY - index * 230
        acts: list[Act] = [
            (begun, "<", asks),
            (begun - 3, f"to {agent}", ""),
            (begun - 4, ">", first),
            (begun - 12, "<", then),
            (begun - 14, ">", last),
        ]
        if index % 3 != 2:
            acts.append((begun - 30, f"resolve {outcome}", ""))
        found.append(Story(person=each.key, book=each.book, box=box, acts=tuple(acts)))
    return found
