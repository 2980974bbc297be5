import com.fasterxml.jackson.databind.ObjectMapper;
import huiyin.assignment.model.AssignCase;
import huiyin.assignment.model.Forwarding;
import huiyin.intake.ApiClient;
import huiyin.intake.ApiResponse;
import huiyin.intake.api.CasesApi;
import huiyin.intake.model.Channel;
import huiyin.intake.model.ClassifyCase;
import huiyin.intake.model.Content;
import huiyin.intake.model.ContentCategory;
import huiyin.intake.model.Kind;
import huiyin.intake.model.OpenPetitionSession;
import huiyin.intake.model.Petitioner;
import huiyin.intake.model.RegisterPetition;
import huiyin.intake.model.Registered;
import huiyin.intake.model.Route;
import huiyin.mediation.ApiException;
import huiyin.mediation.api.AcceptanceApi;
import huiyin.mediation.api.OpinionApi;
import huiyin.mediation.model.IssueOpinion;
import huiyin.mediation.model.NotifyAcceptance;
import huiyin.mediation.model.Problem;
import huiyin.mediation.model.Result;
import huiyin.mediation.model.ServiceMethod;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;

/** The README's "Ten minutes as a clerk"; what it gets and what it prints is said in tests/clients/course.py. */
public class Course {
  static final String BUREAU = "980726000116";
  static final String HUMAN_RESOURCES = "980726000308";
  static final ObjectMapper JSON = ApiClient.createDefaultObjectMapper();

  public static void main(String[] addresses) throws Exception {
    var clerk = new CasesApi(at(addresses[0]).setRequestInterceptor(of("QL66295")));
    var officer = new CasesApi(at(addresses[0]).setRequestInterceptor(of("QL19597")));
    var assigner = new huiyin.assignment.ApiClient(HttpClient.newBuilder(), JSON, addresses[1])
        .setRequestInterceptor(of("QL19597"));
    var receiver = new huiyin.mediation.ApiClient(HttpClient.newBuilder(), JSON, addresses[2])
        .setRequestInterceptor(of("QL27527"));
    var head = new huiyin.mediation.ApiClient(HttpClient.newBuilder(), JSON, addresses[2])
        .setRequestInterceptor(of("QL49308"));
    var told = new LinkedHashMap<String, Object>();

    var petition = new RegisterPetition()
        .channel(Channel.VISIT)
        .category(ContentCategory.UNPAID_WAGES)
        .place("980726101201")
        .petitioner(new Petitioner().name("周安平").phone("139 0000 0000"))
        .content(new Content().claim("要求支付拖欠的工资").facts("三月至五月的工资一直没有发"));
    var window = BUREAU + "/intake_clerk";
    var bureau = BUREAU + "/bureau_officer";
    var key = key();
    var reply = clerk.registerPetitionWithHttpInfo(key, petition, window, null, null);
    var registered = reply.getData();
    var id = registered.getCaseId();
    told.put("registerPetition", registered);
    told.put("again", clerk.registerPetition(key, petition, window, null, null));
    told.put("etag", header(reply, "etag"));
    told.put("location", header(reply, "location"));

    var classification = new ClassifyCase()
        .kind(Kind.APPEAL_FOR_RESOLUTION)
        .route(Route.PETITION_PROCEDURE)
        .category(ContentCategory.UNPAID_WAGES);
    told.put("classifyCase", officer.classifyCase(id, key(), classification, bureau, null, header(reply, "etag")));

    var forwarding = new AssignCase().mode(Forwarding.FORWARD).unit(HUMAN_RESOURCES);
    told.put("assignCase", new huiyin.assignment.api.CasesApi(assigner).assignCase(id, key(), forwarding, bureau, null, null));

    var notice = new NotifyAcceptance().method(ServiceMethod.POST).receipt("EMS-1180").caseOfficer("QL24568");
    told.put("notifyAcceptance", new AcceptanceApi(receiver).notifyAcceptance(id, key(), notice,
        HUMAN_RESOURCES + "/unit_receiver", null, null));

    told.put("issueOpinion", refused(new OpinionApi(head), id));
    var shown = new OpenPetitionSession().queryCode(registered.getQueryCode());
    var session = new huiyin.intake.api.SessionsApi(at(addresses[0])).openPetitionSession(shown);
    var own = at(addresses[0]);
    own.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + session.getToken()));
    told.put("progress", new huiyin.intake.api.ProgressApi(own).progress());
    System.out.writeBytes(JSON.writeValueAsBytes(told));
    System.out.println();
  }

  /** An opinion before anybody was heard. */
  static Problem refused(OpinionApi opinions, UUID id) throws Exception {
    var opinion = new IssueOpinion()
        .result(Result.SUPPORT)
        .addLegalBasisItem("保障农民工工资支付条例 第三条")
        .document(UUID.fromString("00000000-0000-4000-8000-000000000000"))
        .draftedBy("QL24568")
        .reviewBody("980726000103");
    try {
      opinions.issueOpinion(id, key(), opinion, HUMAN_RESOURCES + "/unit_head", null, null);
    } catch (ApiException refusal) {
      return JSON.readValue(refusal.getResponseBody(), Problem.class);
    }
    throw new IllegalStateException("the opinion was not refused");
  }

  static ApiClient at(String address) {
    return new ApiClient(HttpClient.newBuilder(), JSON, address);
  }

  /** What shows the token of somebody who has logged in. */
  static Consumer<HttpRequest.Builder> of(String actor) throws Exception {
    var token = JSON.readTree(System.getenv("HUIYIN_TOKENS")).get(actor).asText();
    return request -> request.header("Authorization", "Bearer " + token);
  }

  static String key() {
    return UUID.randomUUID().toString();
  }

  static String header(ApiResponse<Registered> reply, String name) {
    return reply.getHeaders().get(name).get(0);
  }
}
